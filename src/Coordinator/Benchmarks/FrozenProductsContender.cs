using MoR.Cluster.Seams;
using MoR.Coordinator.Models;
using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>
/// The floor: the products of a step with frozen weights and nothing else, forward and to the input, as the step tiles them.
/// No step of this kind can be faster on these products.
/// </summary>
internal sealed class FrozenProductsContender : IContender
{
    private readonly LoadedBackbone _backbone;
    private readonly TimeProvider _time;
    private readonly Dictionary<long, Tensor> _rows = [];

    /// <param name="shape">How many rows of which widths.</param>
    /// <param name="backbone">The weights; not owned.</param>
    /// <param name="time">Measures.</param>
    public FrozenProductsContender(BenchmarkShape shape, LoadedBackbone backbone, TimeProvider time)
    {
        (_backbone, _time) = (backbone, time);
        var config = shape.Config;
        foreach (var width in new[] { config.HiddenSize, config.IntermediateSize, config.VocabularySize })
        {
            _rows[width] = ones([shape.Tokens, width], float32, CPU).mul_(0.01).DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public string Name => "frozen products";

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            await _backbone.Math.RunAsync(RunOnce);
        }

        return new Turn(_time.GetElapsedTime(began).TotalSeconds, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rows in _rows.Values)
        {
            rows.Dispose();
        }
    }

    private void RunOnce()
    {
        var (config, backbone) = (_backbone.Config, _backbone.Backbone);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var linear in Enum.GetValues<Linear>())
            {
                backbone.Product(layer, linear, _rows[config.InputWidth(linear)]).Dispose();
                backbone.ProductBackward(layer, linear, _rows[config.OutputWidth(linear)]).Dispose();
            }
        }

        backbone.Head(_rows[config.HiddenSize]).Dispose();
        backbone.HeadBackward(_rows[config.VocabularySize]).Dispose();
    }
}
