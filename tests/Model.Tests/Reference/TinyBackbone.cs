using System.Buffers.Binary;
using System.Text.Json.Nodes;
using MoR.Cluster.Random;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Reference;

/// <summary>A random backbone of a few thousand parameters, as a Hugging Face folder that is deleted in the end.</summary>
internal sealed class TinyBackbone : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-tiny-");
    private readonly SafetensorsDtype _dtype;

    /// <param name="layers">Blocks.</param>
    /// <param name="tied">True to store the embedding only.</param>
    /// <param name="dtype">Stored type: F32, BF16 or F16.</param>
    /// <param name="seed">Names the values.</param>
    /// <param name="constantFeature">If not 0, the first value of every embedding, large enough that no block turns its
    /// sign: a router can tell from it what it wants to hear.</param>
    /// <param name="architecture">Changes a plain Llama with four query heads over two key/value heads.</param>
    /// <param name="files">How many safetensors files hold the weights; with an index if more than one.</param>
    public TinyBackbone(
        int layers = 2, bool tied = false, SafetensorsDtype dtype = SafetensorsDtype.F32, ulong seed = 1,
        double constantFeature = 0, Func<LlamaConfig, LlamaConfig>? architecture = null, int files = 1)
    {
        _dtype = dtype;
        Config = new LlamaConfig
        {
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = layers,
            Heads = 4,
            KeyValueHeads = 2,
            HeadSize = 4,
            VocabularySize = 32,
            MaxPositions = 64,
            NormEpsilon = 1e-5,
            RopeTheta = 100,
            TiedEmbeddings = tied,
            EndOfText = [],
        };
        Config = architecture?.Invoke(Config) ?? Config;
        MakeValues(seed, constantFeature);
        File.WriteAllText(Path.Combine(Folder, "config.json"), TinyConfig.Json(Config).ToJsonString());
        WriteWeights(files);
    }

    /// <summary>Where it is.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Its config.json.</summary>
    public string ConfigText => File.ReadAllText(Path.Combine(Folder, "config.json"));

    /// <summary>What its config.json says.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The stored values, row-major, as the stored type holds them.</summary>
    public Dictionary<string, double[]> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Their shapes.</summary>
    public Dictionary<string, long[]> Shapes { get; } = new(StringComparer.Ordinal);

    /// <summary>Random token ids.</summary>
    public int[] Tokens(int count, ulong seed)
    {
        var random = new CounterRandom(seed, 7);
        var tokens = new int[count];
        for (var i = 0; i < count; i++)
        {
            tokens[i] = random.NextBelow(Config.VocabularySize);
        }

        return tokens;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void MakeValues(ulong seed, double constantFeature)
    {
        var (hidden, width) = (Config.HiddenSize, Config.Heads * Config.HeadSize);
        var (narrow, inner) = (Config.KeyValueHeads * Config.HeadSize, Config.IntermediateSize);
        Add(seed, "model.embed_tokens.weight", 1, Config.VocabularySize, hidden);
        if (constantFeature != 0)
        {
            var embedding = Values["model.embed_tokens.weight"];
            for (var i = 0; i < embedding.Length; i += hidden)
            {
                embedding[i] = constantFeature;
            }
        }

        if (!Config.TiedEmbeddings)
        {
            Add(seed, "lm_head.weight", 0.4, Config.VocabularySize, hidden);
        }

        Add(seed, "model.norm.weight", 0.3, hidden);
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            Add(seed, name + "input_layernorm.weight", 0.3, hidden);
            Add(seed, name + "post_attention_layernorm.weight", 0.3, hidden);
            Add(seed, name + "self_attn.q_proj.weight", 0.4, width, hidden);
            Add(seed, name + "self_attn.k_proj.weight", 0.4, narrow, hidden);
            Add(seed, name + "self_attn.v_proj.weight", 0.4, narrow, hidden);
            Add(seed, name + "self_attn.o_proj.weight", 0.3, hidden, width);
            Add(seed, name + "mlp.gate_proj.weight", 0.3, inner, hidden);
            Add(seed, name + "mlp.up_proj.weight", 0.3, inner, hidden);
            Add(seed, name + "mlp.down_proj.weight", 0.3, hidden, inner);
            foreach (var linear in Config.Biased)
            {
                Add(seed, $"{name}{linear.Path()}.bias", 0.5, Config.OutputWidth(linear));
            }
        }
    }

    /// <summary>Normal values with the given deviation; the weights of norms lie around 1.</summary>
    private void Add(ulong seed, string name, double deviation, params long[] shape)
    {
        var random = new CounterRandom(seed, (ulong)Values.Count);
        var values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        var mean = name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Round(mean + (deviation * random.NextGaussian()));
        }

        Values[name] = values;
        Shapes[name] = shape;
    }

    private double Round(double value) => _dtype switch
    {
        SafetensorsDtype.F16 => (double)(Half)value,
        SafetensorsDtype.BF16 => BitConverter.UInt32BitsToSingle((uint)ToBFloat16(value) << 16),
        _ => (float)value,
    };

    private byte[] Encode(double[] values)
    {
        var size = _dtype == SafetensorsDtype.F32 ? 4 : 2;
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            var place = bytes.AsSpan(i * size);
            switch (_dtype)
            {
                case SafetensorsDtype.F16:
                    BinaryPrimitives.WriteHalfLittleEndian(place, (Half)values[i]);
                    break;
                case SafetensorsDtype.BF16:
                    BinaryPrimitives.WriteUInt16LittleEndian(place, ToBFloat16(values[i]));
                    break;
                default:
                    BinaryPrimitives.WriteSingleLittleEndian(place, (float)values[i]);
                    break;
            }
        }

        return bytes;
    }

    private static ushort ToBFloat16(double value)
    {
        var bits = BitConverter.SingleToUInt32Bits((float)value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private void WriteWeights(int files)
    {
        var names = new JsonObject();
        foreach (var (number, part) in Values.Chunk((Values.Count + files - 1) / files).Index())
        {
            var name = files == 1 ? "model.safetensors" : $"model-{number + 1:D5}-of-{files:D5}.safetensors";
            using var file = File.Create(Path.Combine(Folder, name));
            SafetensorsWriter.Write(file, part.Select(item => new TensorSource(
                item.Key, _dtype, Shapes[item.Key], Encode(item.Value))));
            foreach (var (tensor, _) in part)
            {
                names[tensor] = name;
            }
        }

        if (files > 1)
        {
            var index = new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = names };
            File.WriteAllText(Path.Combine(Folder, "model.safetensors.index.json"), index.ToJsonString());
        }
    }
}
