using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Runtime;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.LoraExperts;

/// <summary>
/// Our experts, asked as training asks them: the rows of a dispatch point go to the shards as requests, side by side on the
/// threads, and the answers are added in shard order.
/// </summary>
internal sealed class ExpertContender(
    string name, IReadOnlyList<MadeRouting> points, ParameterVector parameters, MathPool pool, TimeProvider time) : IContender
{
    private readonly MathPoolExecutor _math = new(pool);
    private readonly AdapterLayout _layout = AdapterLayout.Of(parameters);
    private readonly InProcessExpertLink _link =
        new(new MathPoolExecutor(pool), new ShardParameters(parameters), version: 0);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            foreach (var point in points)
            {
                await PassAsync(point, null, stop);
            }
        }

        return new Turn(time.GetElapsedTime(began).TotalSeconds, []);
    }

    /// <summary>One pass over all dispatch points.</summary>
    /// <returns>Each output and gradient by the name that the baselines give it.</returns>
    public async Task<Dictionary<string, Tensor>> ResultsAsync(CancellationToken stop)
    {
        var results = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var point in points)
        {
            await PassAsync(point, results, stop);
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async Task PassAsync(MadeRouting point, Dictionary<string, Tensor>? results, CancellationToken stop)
    {
        var parts = await _math.RunAsync(() =>
            Enumerable.Range(0, point.Shape.Shards).Select(point.Ask).OfType<ShardPart>().ToList());
        var forward = await Task.WhenAll(parts.Select(part => _link.ForwardAsync(part.Request, stop)));
        var requests = await _math.RunAsync(() => AcceptForward(point, parts, forward, results));
        var backward = await Task.WhenAll(requests.Select(request => _link.BackwardAsync(request, stop)));
        await _math.RunAsync(() => AcceptBackward(point, parts, backward, results));
        foreach (var reply in backward)
        {
            foreach (var gradient in await reply.ParameterGradients)
            {
                Keep(point, gradient, results);
                gradient.Dispose();
            }
        }

        foreach (var tensor in requests.SelectMany(request => request.DeltaGradients).OfType<IDisposable>().Concat(parts))
        {
            tensor.Dispose();
        }
    }

    private static List<BackwardRequest> AcceptForward(
        MadeRouting point, List<ShardPart> parts, ForwardReply[] replies, Dictionary<string, Tensor>? results)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        for (var target = 0; target < point.Gradients.Count; target++)
        {
            var y = zeros_like(point.Gradients[target]);
            foreach (var (part, reply) in parts.Zip(replies))
            {
                y.index_add_(0, part.Rows, TorchPayload.Of(reply.Deltas[target]!), 1);
            }

            results?.Add($"{point.Point.Index}.{target}.y", y.DetachFromDisposeScope());
        }

        foreach (var reply in replies)
        {
            reply.Dispose();
        }

        return
        [
            .. parts.Select(part => new BackwardRequest(
                part.Request.Key with { Direction = Direction.Backward },
                part.Request,
                [.. point.Gradients.Select(gradient => new TorchPayload(gradient.index_select(0, part.Rows)))],
                NeedsInputGradient: true,
                NeedsGateGradients: true)),
        ];
    }

    private static void AcceptBackward(
        MadeRouting point, List<ShardPart> parts, BackwardReply[] replies, Dictionary<string, Tensor>? results)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var (dX, dGates) = (zeros_like(point.X), zeros_like(point.Gates));
        foreach (var (part, reply) in parts.Zip(replies))
        {
            dX.index_add_(0, part.Rows, TorchPayload.Of(reply.InputGradient!), 1);
            dGates.view(-1).index_add_(0, part.Gates, TorchPayload.Of(reply.GateGradients[0]), 1);
            reply.Dispose();
        }

        results?.Add($"{point.Point.Index}.x", dX.DetachFromDisposeScope());
        results?.Add($"{point.Point.Index}.gates", dGates.DetachFromDisposeScope());
    }

    private void Keep(MadeRouting point, ExpertGradient gradient, Dictionary<string, Tensor>? results)
    {
        var expert = _layout.Expert(point.Point.Layer, point.Point.Linears[gradient.Target], gradient.Expert);
        results?.Add(expert.A.Name, TorchPayload.Of(gradient.A).clone());
        results?.Add(expert.B.Name, TorchPayload.Of(gradient.B).clone());
    }
}
