using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Segments;
using MoR.Model.Workers;

namespace MoR.Coordinator.Cluster;

/// <summary>Packed tokens as messages to workers.</summary>
/// <param name="codec">Micro-batches and answers as messages.</param>
internal sealed class PackedMessages(MicroBatchCodec codec) : IMicroBatchMessages
{
    /// <inheritdoc/>
    public ShardRequest RequestOf(IMicroBatchWork work, IMathExecutor math)
    {
        var (batch, context, _) = (PackedWork)work;
        var key = MicroBatchCodec.KeyOf(context);
        return new ShardRequest(
            key, context.ShardVersion, codec.BytesOf(batch),
            answer => codec.ProblemOf(answer, key),
            _ => math.RunAsync(() => MicroBatchCodec.Encode(batch, context, attempt: 0)));
    }

    /// <inheritdoc/>
    public IMicroBatchDelta Decode(WireMessage answer, IMicroBatchWork work) => codec.DecodeDone(answer, ((PackedWork)work).Context);
}
