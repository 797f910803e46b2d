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
        return [Send(await around.Executor.RunAsync(() => math.Forward(request.Request.Message)), SendPriority.Critical)];
    }

    private async Task<Task[]> BackwardAsync(ShardRequest request)
    {
        var math = await slot.MathAsync();
        using var work = await around.Executor.RunAsync(
            () => math.Backward(request.Request.Message, request.Forward?.Message));
        var first = Send(work.Done, SendPriority.Critical);
        try
        {
            var gradients = await around.Executor.RunAsync(work.Gradients);
            return [first, Send(gradients, SendPriority.Background)];
        }
        catch
        {
            await first;
            throw;
        }
    }

    private Task Send(WireMessage answer, SendPriority priority) => around.SendAsync(answer, priority);
}
