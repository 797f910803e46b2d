using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Shards;

/// <summary>
/// Does a shard's jobs in order: computes on the executor, and sends while it computes the next. A job is done when its answers
/// are with the stream, so the credit of requests bounds the answers too.
/// </summary>
internal sealed class ShardBehaviour(ShardSlot slot, ShardSurroundings around) : IBehaviour<ShardJob>
{
    /// <inheritdoc/>
    public async ValueTask ReceiveAsync(ShardJob message)
    {
        if (around.IsOver)
        {
            await around.DoneAsync(message, null);
            return;
        }

        switch (message)
        {
            case LoadShard load:
                await slot.LoadAsync(load);
                break;
            case UnloadShard:
                slot.Dispose();
                break;
            case ShardRequest { Key.Direction: Direction.Forward } request:
                _ = around.DoneAfterAsync(request, await ForwardAsync(request));
                return;
            case ShardRequest request:
                _ = around.DoneAfterAsync(request, await BackwardAsync(request));
                return;
        }

        await around.DoneAsync(message, null);
    }

    /// <inheritdoc/>
    public void Dispose() => slot.Forget();

    private async Task<Task[]> ForwardAsync(ShardRequest request)
    {
        var math = await slot.MathAsync();
        return [await around.Executor.RunAsync(() => Send(math.Forward(request.Request.Message), SendPriority.Critical))];
    }

    private async Task<Task[]> BackwardAsync(ShardRequest request)
    {
        var math = await slot.MathAsync();
        var (work, first) = await around.Executor.RunAsync(() =>
        {
            var work = math.Backward(request.Request.Message, request.Forward?.Message);
            return (work, Send(work.Done, SendPriority.Critical));
        });
        using var owned = work;
        try
        {
            return [first, await around.Executor.RunAsync(() => Send(work.Gradients(), SendPriority.Background))];
        }
        catch
        {
            await first;
            throw;
        }
    }

    /// <summary>From the thread that has the answer: waking another one would take as long as most answers take.</summary>
    private Task Send(WireMessage answer, SendPriority priority) => around.SendAsync(answer, priority);
}
