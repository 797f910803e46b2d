using MoR.Cluster.Membership;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;

namespace MoR.Coordinator.Cluster;

/// <summary>The experts on nodes: encodes requests, has the cluster's actor ask, decodes answers.</summary>
/// <param name="actor">Knows the nodes.</param>
/// <param name="codec">Requests and answers as messages.</param>
/// <param name="parameters">The parameters to publish, as a commit left them; runs on the math executor.</param>
/// <param name="math">Where bytes are packed and unpacked.</param>
internal sealed class NodeExpertLink(
    ClusterActor actor, IExpertCodec codec, Func<long, PublishedParameters> parameters, IMathExecutor math) : IExpertLink
{
    // A copy of some tens of microseconds, about what a change of threads takes.
    private const long MostInPlaceBytes = 1 << 18;

    /// <inheritdoc/>
    public async Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        if (request.Key.Step == 0)
        {
            throw new InvalidOperationException("nodes round rows for training: what is evaluated is computed where the parameters are");
        }

        var open = new ShardRequest(
            request.Key, request.ShardVersion, codec.SizeOf(request),
            answer => codec.ProblemOf(answer, request),
            _ => EncodeAsync(codec.SizeOf(request), () => codec.Encode(request, attempt: 0, keep: true)))
        {
            Rows = request.Rows.Shape[0],
        };
        var answer = await actor.AnswerAsync(open, cancel);
        return await DecodeAsync(() => codec.DecodeForwardDone(answer, request));
    }

    /// <inheritdoc/>
    public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        var forwardBytes = codec.SizeOf(request.Forward);
        var open = new ShardRequest(
            request.Key, request.Forward.ShardVersion, forwardBytes + codec.SizeOf(request),
            answer => codec.ProblemOf(answer, request),
            carriesForward => EncodeAsync(
                codec.SizeOf(request) + (carriesForward ? forwardBytes : 0), () => codec.Encode(request, attempt: 0, carriesForward)))
        {
            ForwardBytes = forwardBytes,
        };
        var answer = await actor.AnswerAsync(open, cancel);
        var (input, gates) = await DecodeAsync(() => codec.DecodeBackwardDone(answer, request));
        return new BackwardReply(request.Key, input, gates, GradientsAsync(open, request, cancel));
    }

    /// <inheritdoc/>
    public async Task PublishAsync(long version, CancellationToken cancel) =>
        await actor.PublishAsync(await math.RunAsync(() => parameters(version)));

    /// <summary>The shards that no node holds now, ascending.</summary>
    public Task<IReadOnlyList<int>> HomelessAsync(CancellationToken cancel) => actor.OfCoreAsync(core => core.Homeless, cancel);

    /// <summary>What nodes and shards had to do since the last time that this was called.</summary>
    public Task<ClusterLoad> TakeLoadAsync(CancellationToken cancel) => actor.OfCoreAsync(core => core.TakeLoad(), cancel);

    private async Task<IReadOnlyList<ExpertGradient>> GradientsAsync(
        ShardRequest open, BackwardRequest request, CancellationToken cancel)
    {
        await using var registration = cancel.Register(() => actor.Cancel(open));
        var answer = await open.GradientsAsync;
        return await DecodeAsync(() => codec.DecodeParameterGradients(answer, request));
    }

    /// <summary>Two changes of threads less where rows are copied as they are and are few; the actor, which asks for it, waits.</summary>
    private Task<WireMessage> EncodeAsync(long bytes, Func<WireMessage> encode)
    {
        if (bytes > MostInPlaceBytes || !codec.DecodesInPlace)
        {
            return math.RunAsync(encode);
        }

        try
        {
            return Task.FromResult(encode());
        }
#pragma warning disable CA1031 // Whatever encoding throws belongs to whoever awaits it, as from the executor.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return Task.FromException<WireMessage>(problem);
        }
    }

    /// <summary>Two changes of threads less where there is nothing to compute.</summary>
    private ValueTask<T> DecodeAsync<T>(Func<T> decode) =>
        codec.DecodesInPlace ? ValueTask.FromResult(decode()) : new ValueTask<T>(math.RunAsync(decode));
}
