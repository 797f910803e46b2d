using MoR.Cluster.Random;
using MoR.Cluster.Seams;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>
/// The routers of a step and nothing else: scores, decisions and their gradients at every dispatch point, for the micro-batches
/// of a step side by side.
/// </summary>
internal sealed class RoutingContender : IContender
{
    private readonly BenchmarkShape _shape;
    private readonly LoadedBackbone _backbone;
    private readonly TimeProvider _time;
    private readonly AdapterSpec _spec;
    private readonly IRouter _router;
    private readonly Dictionary<long, (Tensor X, Tensor Weights)> _inputs = [];

    /// <param name="kind">The routing method, which is also its name.</param>
    /// <param name="shape">How many rows of which widths.</param>
    /// <param name="backbone">Where it computes; not owned.</param>
    /// <param name="time">Measures.</param>
    public RoutingContender(string kind, BenchmarkShape shape, LoadedBackbone backbone, TimeProvider time)
    {
        (Name, _shape, _backbone, _time) = (kind, shape, backbone, time);
        _spec = shape.Adapter(kind);
        _router = RouterCatalogue.Create(_spec.Router, allowNonCausal: false)!;
        var rows = shape.MicroBatchSequences * shape.Length;
        var stacked = _router.Weights(shape.Experts).Sum(weight => weight.Rows);
        foreach (var width in new[] { shape.Config.HiddenSize, shape.Config.IntermediateSize })
        {
            _inputs[width] = (Made(rows, width, 1), Made(stacked, width, 0.02));
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var microBatches = _shape.Sequences / _shape.MicroBatchSequences;
        var began = _time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, microBatches).Select(_ => _backbone.Math.RunAsync(RouteMicroBatch)));
        }

        return new Turn(_time.GetElapsedTime(began).TotalSeconds, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (x, weights) in _inputs.Values)
        {
            x.Dispose();
            weights.Dispose();
        }
    }

    private void RouteMicroBatch()
    {
        for (var index = 0; index < _shape.Config.DispatchPoints; index++)
        {
            using var scope = NewDisposeScope();
            using var history = enable_grad();
            var point = DispatchPoint.At(index);
            var (x, weights) = _inputs[_shape.Config.InputWidth(point.Site)];
            var (x_TD, weights_ZD) = (x.detach(), weights.detach());
            (x_TD.requires_grad, weights_ZD.requires_grad) = (true, true);
            var output = _router.Route(new RouterContext
            {
                X_TD = x_TD,
                Weights_ZD = weights_ZD,
                Scores_TZ = nn.functional.linear(x_TD, weights_ZD),
                Experts = _shape.Experts,
                Point = point,
                SequenceStarts = [0, (int)x_TD.shape[0]],
                Step = 1,
                Training = true,
                Random = () => new CounterRandom(1),
                State = new Dictionary<string, Tensor>(),
            });
            autograd.grad([output.Gates_TE], [x_TD, weights_ZD], [ones_like(output.Gates_TE)]);
        }
    }

    private static Tensor Made(long rows, long columns, double size)
    {
        var values = new float[rows * columns];
        new CounterRandom((ulong)rows, (ulong)columns).Fill(values);
        return ((tensor(values, [rows, columns]) - 0.5) * size).DetachFromDisposeScope();
    }
}
