using System.Runtime.InteropServices;
using MoR.Cluster.Random;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;

namespace MoR.EndToEnd.Tests.World;

/// <summary>The values of a random Llama, by Hugging Face names.</summary>
internal sealed class TinyWeights
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);
    private readonly ulong _seed;

    public TinyWeights(LlamaConfig config, ulong seed)
    {
        _seed = seed;
        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        Add("model.embed_tokens.weight", 1, config.VocabularySize, hidden);
        Add("lm_head.weight", 0.4, config.VocabularySize, hidden);
        Add("model.norm.weight", 0.3, hidden);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            Add(name + "input_layernorm.weight", 0.3, hidden);
            Add(name + "post_attention_layernorm.weight", 0.3, hidden);
            foreach (var linear in Enum.GetValues<Linear>())
            {
                var width = linear is Linear.DownProj ? inner : hidden;
                Add($"{name}{linear.Path()}.weight", 1.3 / Math.Sqrt(width), config.OutputWidth(linear), config.InputWidth(linear));
            }
        }
    }

    /// <summary>The values in float64, row-major.</summary>
    public Dictionary<string, double[]> Values =>
        _tensors.ToDictionary(item => item.Key, item => Array.ConvertAll(item.Value.Values, value => (double)value));

    /// <summary>Leaves a tensor out.</summary>
    public void Remove(string name) => Assert.True(_tensors.Remove(name), name);

    /// <summary>A tensor of normal values with the given deviation; those of one dimension lie around 1.</summary>
    public void Add(string name, double deviation, params long[] shape)
    {
        var random = new CounterRandom(_seed, (ulong)_tensors.Count);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((shape.Length == 1 ? 1 : 0) + (deviation * random.NextGaussian()));
        }

        _tensors[name] = (shape, values);
    }

    /// <summary>Writes the tensors as a safetensors file.</summary>
    public void Write(string path)
    {
        using var file = File.Create(path);
        SafetensorsWriter.Write(file, _tensors.Select(item => new TensorSource(
            item.Key, SafetensorsDtype.F32, item.Value.Shape, MemoryMarshal.AsBytes(item.Value.Values.AsSpan()).ToArray())));
    }
}
