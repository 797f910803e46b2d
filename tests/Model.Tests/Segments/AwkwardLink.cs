using MoR.Cluster.Protocol;
using MoR.Cluster.Random;
using MoR.Cluster.Seams;

namespace MoR.Model.Tests.Segments;

/// <summary>
/// Experts that are slow, or answer twice: some requests wait a few turns of the executor, some are computed two times,
/// some replies are late, parameter gradients later still. All by seed and request.
/// </summary>
internal sealed class AwkwardLink(IExpertLink inner, IMathExecutor math, ulong seed) : IExpertLink
{
    /// <summary>Requests that were computed twice.</summary>
    public int Duplicates { get; private set; }

    public async Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        var (before, after, twice) = Plan(request.Key);
        await WaitAsync(before);
        if (twice)
        {
            Duplicates++;
            using var ignored = await inner.ForwardAsync(request, cancel);
        }

        var reply = await inner.ForwardAsync(request, cancel);
        await WaitAsync(after);
        return reply;
    }

    public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        var (before, after, twice) = Plan(request.Key);
        await WaitAsync(before);
        if (twice)
        {
            Duplicates++;
            using var ignored = await inner.BackwardAsync(request, cancel);
            foreach (var gradient in await ignored.ParameterGradients)
            {
                gradient.Dispose();
            }
        }

        var reply = await inner.BackwardAsync(request, cancel);
        await WaitAsync(after);
        return reply with { ParameterGradients = LaterAsync() };

        async Task<IReadOnlyList<ExpertGradient>> LaterAsync()
        {
            var gradients = await reply.ParameterGradients;
            await WaitAsync(3 * after);
            return gradients;
        }
    }

    public Task PublishAsync(long version, CancellationToken cancel) => inner.PublishAsync(version, cancel);

    private (int Before, int After, bool Twice) Plan(RequestKey key)
    {
        var random = new CounterRandom(
            seed,
            (ulong)key.Step,
            (ulong)key.MicroBatch,
            (ulong)key.DispatchPoint,
            (ulong)key.Shard,
            (ulong)key.Direction);
        return (random.NextBelow(6), random.NextBelow(6), random.NextBelow(3) == 0);
    }

    private async Task WaitAsync(int turns)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            await math.RunAsync(() => turn);
        }
    }
}
