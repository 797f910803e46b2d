using MoR.Cluster.Protocol.Wire;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Tests.Core;

/// <summary>Drives a core with messages, and remembers every tensor that it was sent.</summary>
internal sealed class CoreHarness(
    long keptBytes = 10 * Messages.Bytes, long requestBytes = 10 * Messages.Bytes, int openJobs = 8,
    long shardBytes = 10 * Messages.Bytes)
    : IDisposable
{
    private readonly List<CountedTensor> _tensors = [];
    private readonly List<ShardJob> _open = [];

    public NodeCore Core { get; } = new(Messages.Epoch, new NodeLimits(keptBytes, requestBytes, openJobs) { ShardBytes = shardBytes });

    /// <summary>Tensors that are not freed.</summary>
    public int Tensors => _tensors.Count(tensor => !tensor.IsFreed);

    /// <summary>A node that holds shards at version 7, with nothing left to do.</summary>
    public static CoreHarness Holding(params int[] shards)
    {
        var harness = new CoreHarness();
        harness.Send(Messages.Publish(7, shards));
        harness.FinishAll();
        return harness;
    }

    public IReadOnlyList<NodeEffect> Send(WireMessage message)
    {
        _tensors.AddRange(message.Tensors.Cast<CountedTensor>());
        return Tell(new Received(message));
    }

    public IReadOnlyList<NodeEffect> Tell(NodeEvent message)
    {
        var effects = Core.Receive(message);
        _open.AddRange(effects.OfType<Give>().Select(give => give.Job));
        return effects;
    }

    /// <summary>Sends a message that has one effect, an answer.</summary>
    public Envelope Answer(WireMessage message) => Answer(Send(message));

    public static Envelope Answer(IReadOnlyList<NodeEffect> effects) =>
        Assert.Single(effects.OfType<Send>()).Message.Envelope;

    /// <summary>Sends a request that goes to its shard.</summary>
    public ShardRequest Request(WireMessage message) =>
        Assert.IsType<ShardRequest>(Assert.IsType<Give>(Assert.Single(Send(message))).Job);

    public IReadOnlyList<NodeEffect> Finish(ShardJob job, Exception? error = null)
    {
        Assert.True(_open.Remove(job));
        return Tell(new JobDone(job, error));
    }

    public void FinishAll()
    {
        foreach (var job in _open.ToList())
        {
            Finish(job);
        }
    }

    public static NodeEnd End(IReadOnlyList<NodeEffect> effects) => Assert.Single(effects.OfType<End>()).How;

    public void Dispose()
    {
        FinishAll();
        Core.Dispose();
        Assert.Equal(0, Tensors);
    }
}
