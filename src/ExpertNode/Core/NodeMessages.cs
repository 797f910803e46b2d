using MoR.Cluster.Links;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Core;

/// <summary>What a node is told.</summary>
public abstract record NodeEvent;

/// <summary>A message of the coordinator; the core's from then on.</summary>
public sealed record Received(WireMessage Message) : NodeEvent;

/// <summary>A shard is done with a job, its answers are with the stream or lost with the link.</summary>
/// <param name="Job">The job.</param>
/// <param name="Error">What the mathematics threw; the shard is being rebuilt then.</param>
public sealed record JobDone(ShardJob Job, Exception? Error) : NodeEvent;

/// <summary>The worker is done with a job, likewise.</summary>
/// <param name="Job">The job.</param>
/// <param name="Error">What the mathematics threw.</param>
public sealed record WorkerDone(WorkerJob Job, Exception? Error) : NodeEvent;

/// <summary>A shard threw more often than it is rebuilt.</summary>
public sealed record ShardGaveUp(string Text) : NodeEvent;

/// <summary>The link is over, and no message comes any more.</summary>
public sealed record LinkEnded(string Reason) : NodeEvent;

/// <summary>Somebody wants the node to stop.</summary>
public sealed record StopRequested(string Reason) : NodeEvent;

/// <summary>Leave was not granted in time.</summary>
public sealed record LeaveTimedOut(TimeSpan Waited) : NodeEvent;

/// <summary>What a node does.</summary>
public abstract record NodeEffect;

/// <summary>Sends a message and then disposes of it.</summary>
public sealed record Send(WireMessage Message, SendPriority Priority) : NodeEffect;

/// <summary>Gives a job to its shard, behind those that it has.</summary>
public sealed record Give(ShardJob Job) : NodeEffect;

/// <summary>Gives a job to the worker, likewise.</summary>
public sealed record GiveWorker(WorkerJob Job) : NodeEffect;

/// <summary>Tells people.</summary>
public sealed record Note(string Text) : NodeEffect;

/// <summary>Waits for leave to be granted, not longer than the node's deadline.</summary>
public sealed record AwaitLeave : NodeEffect;

/// <summary>Ends the link; jobs may still run.</summary>
public sealed record End(NodeEnd How) : NodeEffect;

/// <summary>Nothing runs any more and nothing comes.</summary>
public sealed record NothingLeft : NodeEffect;

/// <summary>Something that a shard does in its turn. Its shares of messages are released when it is done.</summary>
/// <param name="Shard">The shard, from 0.</param>
public abstract record ShardJob(int Shard) : IDisposable
{
    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Takes new parameters.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Version">The step whose commit made them.</param>
/// <param name="Publish">The message that brought them; the job's share.</param>
/// <param name="Position">Which of its tensors.</param>
public sealed record LoadShard(int Shard, long Version, SharedMessage Publish, int Position) : ShardJob(Shard)
{
    /// <inheritdoc/>
    public override void Dispose()
    {
        Publish.Dispose();
        base.Dispose();
    }
}

/// <summary>Lets its parameters go.</summary>
public sealed record UnloadShard(int Shard) : ShardJob(Shard);

/// <summary>Answers a request.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Attempt">Which try of the coordinator it is.</param>
/// <param name="Request">Forward or Backward; the job's share.</param>
/// <param name="Forward">What forward carried, where Backward left it out; the job's share.</param>
public sealed record ShardRequest(RequestKey Key, int Attempt, SharedMessage Request, SharedMessage? Forward) : ShardJob(Key.Shard)
{
    /// <summary>Bytes of tensors that the coordinator sent with it.</summary>
    public long Bytes { get; } = Request.Message.TensorBytes;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Request.Dispose();
        Forward?.Dispose();
        base.Dispose();
    }
}

/// <summary>Something that the worker does. Its share of a message is released when it is done.</summary>
public abstract record WorkerJob : IDisposable
{
    /// <summary>Bytes of tensors that count against the credit.</summary>
    public virtual long Bytes => 0;

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Takes new parameters and router state.</summary>
/// <param name="Version">The step whose commit made them.</param>
/// <param name="Model">The message that brought them; the job's share.</param>
public sealed record LoadModel(long Version, SharedMessage Model) : WorkerJob
{
    /// <inheritdoc/>
    public override void Dispose()
    {
        Model.Dispose();
        base.Dispose();
    }
}

/// <summary>Trains a micro-batch.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Attempt">Which try of the coordinator it is.</param>
/// <param name="Request">The micro-batch; the job's share.</param>
public sealed record TrainMicroBatch(RequestKey Key, int Attempt, SharedMessage Request) : WorkerJob
{
    /// <inheritdoc/>
    public override long Bytes { get; } = Request.Message.TensorBytes;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Request.Dispose();
        base.Dispose();
    }
}
