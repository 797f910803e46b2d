namespace MoR.Cluster.Protocol;

/// <summary>
/// Names one request to a shard. Requests are pure functions of (shard version, payload), so the first valid reply to a
/// key counts and every other one is ignored, whoever sent it and however often.
/// </summary>
/// <param name="Epoch">The coordinator's fencing epoch: raised each time a coordinator opens the run.</param>
/// <param name="Step">Optimiser step, from 1; 0 outside training.</param>
/// <param name="MicroBatch">Position of the micro-batch in its step, from 0.</param>
/// <param name="DispatchPoint">Position of the dispatch point in the backbone, from 0 (four per layer).</param>
/// <param name="Shard">The shard that is asked, from 0.</param>
/// <param name="Direction">Forward or backward.</param>
public readonly record struct RequestKey(
    long Epoch, long Step, int MicroBatch, int DispatchPoint, int Shard, Direction Direction);
