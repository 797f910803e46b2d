using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Simulation.StandIn;

/// <summary>The experts in the coordinator's process: what an undisturbed run gives, without a network.</summary>
internal sealed class StandInLink(StandInShape shape, StandInState state) : IExpertLink
{
    /// <inheritdoc/>
    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        var deltas = StandInExperts.Forward(
            shape, state.Block(request.Key.Shard), request.Key.DispatchPoint, Rows(request), RouteOf(request));
        return Task.FromResult(new ForwardReply(request.Key, [Payload(deltas)]));
    }

    /// <inheritdoc/>
    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        var route = RouteOf(request.Forward);
        var gradients = StandInExperts.Backward(
            shape, state.Block(request.Key.Shard), request.Key.DispatchPoint, Rows(request.Forward), route,
            ((ArrayPayload)request.DeltaGradients[0]!).Values);
        IReadOnlyList<ExpertGradient> ofParameters =
        [
            .. route.Experts.Select((expert, i) => new ExpertGradient(
                0, expert, new ArrayPayload(gradients.A[i], gradients.A[i].Length),
                new ArrayPayload(gradients.B[i], gradients.B[i].Length))),
        ];
        return Task.FromResult(new BackwardReply(
            request.Key, Payload(gradients.Rows), [new ArrayPayload(gradients.Gates, gradients.Gates.Length)],
            Task.FromResult(ofParameters)));
    }

    /// <inheritdoc/>
    public Task PublishAsync(long version, CancellationToken cancel) => Task.CompletedTask;

    private static ReadOnlySpan<float> Rows(ForwardRequest request) => ((ArrayPayload)request.Rows).Values;

    private static StandInRoute RouteOf(ForwardRequest request)
    {
        var route = request.Routes[0];
        return new StandInRoute(
            [.. route.Rows], [.. route.Positions], [.. route.Experts], [.. route.Counts], ((ArrayPayload)route.Gates).Values);
    }

    private static ArrayPayload Payload(float[] values) => new(values, values.Length / StandInShape.Width, StandInShape.Width);
}
