using MoR.Cluster.Random;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>A temporary folder for what a benchmark and its baselines hand each other, gone with this object.</summary>
internal sealed class BenchmarkFolder : IDisposable
{
    private const ulong Seed = 1;

    private readonly string _path = Directory.CreateTempSubdirectory("mor-bench-").FullName;

    /// <summary>The path of a file.</summary>
    public string this[string name] => Path.Combine(_path, name);

    /// <summary>Uniform values in [-0.5, 0.5) that follow from a name.</summary>
    public static Tensor Values(string name, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        new CounterRandom(Seed, NameHash.Of(name)).Fill(values);
        var result = tensor(values, shape);
        result.sub_(0.5);
        return result;
    }

    /// <summary>The largest difference between two tensors, as a share of the largest value of <paramref name="expected"/>.</summary>
    public static double Difference(Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var reference = expected.to(float64);
        return ((actual.to(float64) - reference).abs().max() / reference.abs().max()).item<double>();
    }

    /// <summary>Writes tensors for the baselines.</summary>
    public void Write(string name, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var scope = NewDisposeScope();
        using var file = File.Create(this[name]);
        SafetensorsWriter.Write(file, tensors.Select(item => SafetensorsTensors.Source(item.Key, item.Value)));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_path, recursive: true);
}
