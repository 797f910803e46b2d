using System.Runtime.InteropServices;
using MoR.Cluster.Random;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;

namespace MoR.EndToEnd.Tests.World;

/// <summary>Random tensors by their names in a file, written as another program would write them.</summary>
internal sealed class TinyTensors(ulong seed)
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);

    /// <summary>The values in float64, row-major.</summary>
    public Dictionary<string, double[]> Values =>
        _tensors.ToDictionary(item => item.Key, item => Array.ConvertAll(item.Value.Values, value => (double)value));

    /// <summary>The tensors of a Llama with its own head, by Hugging Face names.</summary>
    public static TinyTensors Llama(LlamaConfig config, ulong seed)
    {
        var tensors = new TinyTensors(seed);
        var hidden = config.HiddenSize;
        tensors.Add("model.embed_tokens.weight", 1, config.VocabularySize, hidden);
        tensors.Add("lm_head.weight", 0.4, config.VocabularySize, hidden);
        tensors.Add("model.norm.weight", 0.3, hidden);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            tensors.Add(name + "input_layernorm.weight", 0.3, hidden);
            tensors.Add(name + "post_attention_layernorm.weight", 0.3, hidden);
            foreach (var linear in Enum.GetValues<Linear>())
            {
                var input = config.InputWidth(linear);
                tensors.Add($"{name}{linear.Path()}.weight", 1.3 / Math.Sqrt(input), config.OutputWidth(linear), input);
            }
        }

        return tensors;
    }

    /// <summary>A tensor of normal values with the given deviation; those of one dimension lie around 1.</summary>
    public void Add(string name, double deviation, params long[] shape)
    {
        var random = new CounterRandom(seed, (ulong)_tensors.Count);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((shape.Length == 1 ? 1 : 0) + (deviation * random.NextGaussian()));
        }

        _tensors[name] = (shape, values);
    }

    /// <summary>Leaves a tensor out.</summary>
    public void Remove(string name) => Assert.True(_tensors.Remove(name), name);

    /// <summary>Writes the tensors as a safetensors file.</summary>
    public void Write(string path)
    {
        using var file = File.Create(path);
        SafetensorsWriter.Write(file, _tensors.Select(item => new TensorSource(
            item.Key,
            SafetensorsDtype.F32,
            item.Value.Shape,
            MemoryMarshal.AsBytes(item.Value.Values.AsSpan()).ToArray())));
    }
}
