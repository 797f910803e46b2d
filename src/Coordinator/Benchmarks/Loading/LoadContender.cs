using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Loading;

/// <summary>
/// The loader of <c>mor train</c>, from the closed folder to weights in memory. Mapped weights are in memory when every page of
/// theirs was touched: what is not read yet, a first product would have to wait for.
/// </summary>
internal sealed class LoadContender(string folder, RecipeDtype dtype, BenchmarkRun run) : IContender
{
    private const int PageBytes = 4096;

    /// <inheritdoc/>
    public string Name => LoadBenchmark.Ours;

    /// <summary>The bytes that were touched, added up, so that nobody leaves the reading out.</summary>
    public long Touched { get; private set; }

    /// <inheritdoc/>
    public Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var seconds = 0.0;
        for (var i = 0; i < times; i++)
        {
            var began = run.Time.GetTimestamp();
            using var backbone = Load();
            Touch(backbone.Backbone.Weights);
            seconds += run.Time.GetElapsedTime(began).TotalSeconds;
        }

        return Task.FromResult(new Turn(seconds, []));
    }

    /// <summary>Loads once, for who wants to look at it.</summary>
    public LoadedBackbone Load()
    {
        using var files = BackboneFolder.Open(folder, run.Terminal.Note);
        return files.Load(dtype, CPU, run.Threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Touch(LlamaWeights weights)
    {
        foreach (var (_, tensor) in weights.Named())
        {
            var bytes = tensor.bytes;
            for (var at = 0; at < bytes.Length; at += PageBytes)
            {
                Touched += bytes[at];
            }
        }
    }
}
