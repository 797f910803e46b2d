using MoR.Cluster.Actors;
using MoR.Cluster.Seams;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Shards;

/// <summary>One shard: a mailbox of jobs, and the supervision of what does them.</summary>
/// <param name="shard">The shard, from 0.</param>
/// <param name="capacity">The most jobs that wait.</param>
/// <param name="around">What the shard has around it.</param>
internal sealed class ShardActor(int shard, int capacity, ShardSurroundings around)
{
    private readonly Mailbox<ShardJob> _mailbox = new(capacity);

    /// <summary>Puts a job behind those that wait.</summary>
    public void Give(ShardJob job)
    {
        if (!_mailbox.TryPost(job))
        {
            throw new InvalidOperationException($"shard {shard} has {_mailbox.Count} jobs, and none was to be given beyond its limit");
        }
    }

    /// <summary>Takes no more jobs.</summary>
    public void Close() => _mailbox.Close();

    /// <summary>Runs until the mailbox is closed and empty.</summary>
    /// <param name="math">The adapter's mathematics.</param>
    /// <param name="limit">How often it is built again when it throws.</param>
    /// <param name="time">Measures the limit's window.</param>
    /// <param name="gaveUp">Told when it threw more often than the limit allows; what is left to do is then left undone.</param>
    public async Task RunAsync(IAdapterMath math, RestartLimit limit, TimeProvider time, Func<string, ValueTask> gaveUp)
    {
        using var slot = new ShardSlot(shard, math, around.Executor);
        var actor = new Actor<ShardJob>(
            $"shard {shard}", _mailbox, () => new ShardBehaviour(slot, around), limit, time, (job, error) => around.DoneAsync(job!, error));
        try
        {
            await actor.RunAsync();
        }
        catch (ActorFailedException error)
        {
            await gaveUp(error.Message);
            await LeaveUndoneAsync();
        }
    }

    private async Task LeaveUndoneAsync()
    {
        while (await _mailbox.WaitAsync())
        {
            while (_mailbox.TryTake(out var job))
            {
                await around.DoneAsync(job, null);
            }
        }
    }
}
