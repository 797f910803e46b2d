using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Engine.Tests;

/// <summary>Requests of one shard in one direction have no answer, until nobody waits for one.</summary>
internal sealed class EndlessLink(IExpertLink inner, Direction direction, int shard) : IExpertLink
{
    /// <summary>Requests that nobody waited for any longer.</summary>
    public int Cancelled { get; private set; }

    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel) =>
        IsEndless(request.Key) ? NeverAsync<ForwardReply>(cancel) : inner.ForwardAsync(request, cancel);

    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel) =>
        IsEndless(request.Key) ? NeverAsync<BackwardReply>(cancel) : inner.BackwardAsync(request, cancel);

    public Task PublishAsync(long version, CancellationToken cancel) => inner.PublishAsync(version, cancel);

    private bool IsEndless(RequestKey key) => (key.Direction, key.Shard) == (direction, shard);

    private async Task<T> NeverAsync<T>(CancellationToken cancel)
    {
        var never = new TaskCompletionSource<T>();
        await using var registration = cancel.Register(() =>
        {
            Cancelled++;
            never.TrySetCanceled(cancel);
        });
        return await never.Task;
    }
}
