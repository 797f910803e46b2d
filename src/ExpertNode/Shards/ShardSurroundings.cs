using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Shards;

/// <summary>What a shard has around it: where it computes, where answers go, and who hears that a job is done.</summary>
internal sealed class ShardSurroundings(IMathExecutor executor, Link link, Mailbox<NodeEvent> node)
{
    private volatile bool _isOver;

    /// <summary>Where mathematics runs.</summary>
    public IMathExecutor Executor => executor;

    /// <summary>Whether nobody waits for answers any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Nobody waits for answers any more: jobs are done without being computed.</summary>
    public void End() => _isOver = true;

    /// <summary>Sends a message and then disposes of it. Ends without an error when the link ends, which its reader reports.</summary>
    public async Task SendAsync(WireMessage message, SendPriority priority)
    {
        using (message)
        {
            try
            {
                await link.SendAsync(message, priority);
            }
            catch (LinkException)
            {
                // The session ends with the link, by what its reader is told.
            }
        }
    }

    /// <summary>Says that a job is done, as soon as its answers are with the stream.</summary>
    public async Task DoneAfterAsync(ShardJob job, params Task[] answers)
    {
        try
        {
            await Task.WhenAll(answers);
            await DoneAsync(job, null);
        }
        catch (ArgumentException error)
        {
            // An answer that is larger than the protocol allows.
            await DoneAsync(job, error);
        }
    }

    /// <summary>Says that a job is done.</summary>
    public async ValueTask DoneAsync(ShardJob job, Exception? error) => await node.PostAsync(new JobDone(job, error));
}
