namespace MoR.Cluster.Protocol;

/// <summary>
/// Names one request to a shard or to a worker. Requests are pure functions of (shard version, payload), so the first valid reply to a
/// key counts and every other one is ignored, whoever sent it and however often.
/// </summary>
/// <param name="Epoch">The coordinator's fencing epoch: raised each time a coordinator opens the run.</param>
/// <param name="Step">Optimiser step, from 1; 0 outside training.</param>
/// <param name="MicroBatch">Position of the micro-batch in its step, from 0.</param>
/// <param name="DispatchPoint">Position of the dispatch point in the backbone, from 0 (four per layer); <see cref="None"/> if a worker
/// is asked.</param>
/// <param name="Shard">The shard that is asked, from 0; <see cref="None"/> likewise.</param>
/// <param name="Direction">Forward, backward, or both of a whole micro-batch.</param>
public readonly record struct RequestKey(
    long Epoch, long Step, int MicroBatch, int DispatchPoint, int Shard, Direction Direction)
{
    /// <summary>In place of a dispatch point and a shard where a worker is asked.</summary>
    public const int None = -1;

    /// <summary>Names a whole micro-batch.</summary>
    public static RequestKey OfMicroBatch(long epoch, long step, int microBatch) =>
        new(epoch, step, microBatch, None, None, Direction.Both);
}
