using MoR.Cluster.Seams;
using MoR.Coordinator.Models;
using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>
/// The floor: the products of a step with frozen weights and nothing else, forward and to the inputs that depend on a
/// parameter, as the step tiles them.
/// No step of this kind can be faster on these products.
/// </summary>
internal sealed class FrozenProductsContender : IContender
{
    private readonly LoadedBackbone _backbone;
    private readonly TimeProvider _time;
    private readonly BenchmarkShape _shape;

    /// <param name="shape">How many rows of which widths.</param>
    /// <param name="backbone">The weights; not owned.</param>
    /// <param name="time">Measures.</param>
    public FrozenProductsContender(BenchmarkShape shape, LoadedBackbone backbone, TimeProvider time)
    {
        (_backbone, _time, _shape) = (backbone, time, shape);
    }

    /// <inheritdoc/>
    public string Name => "frozen products";

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        // For this turn alone: our own step runs in the same process, and its memory is measured.
        var rows = Rows();
        var began = _time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            await _backbone.Math.RunAsync(() => RunOnce(rows));
        }

        ComputeDevice.Wait(_backbone.Backbone.Device);
        var seconds = _time.GetElapsedTime(began).TotalSeconds;
        foreach (var tensor in rows.Values)
        {
            tensor.Dispose();
        }

        return new Turn(seconds, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Rows of each width that a product reads.</summary>
    private Dictionary<long, Tensor> Rows()
    {
        var (config, device) = (_shape.Config, _backbone.Backbone.Device);
        return new[] { config.HiddenSize, config.IntermediateSize, config.VocabularySize }.Distinct().ToDictionary(
            width => (long)width,
            width => ones([_shape.Tokens, width], float32, device).mul_(0.01).DetachFromDisposeScope());
    }

    private void RunOnce(Dictionary<long, Tensor> rows)
    {
        var (config, backbone) = (_backbone.Config, _backbone.Backbone);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var linear in Enum.GetValues<Linear>())
            {
                backbone.Product(layer, linear, rows[config.InputWidth(linear)]).Dispose();
                // Before the first block's queries, keys and values nothing learns.
                if (layer > 0 || linear is not (Linear.QProj or Linear.KProj or Linear.VProj))
                {
                    backbone.ProductBackward(layer, linear, rows[config.OutputWidth(linear)]).Dispose();
                }
            }
        }

        backbone.Head(rows[config.HiddenSize]).Dispose();
        backbone.HeadBackward(rows[config.VocabularySize]).Dispose();
    }
}
