using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Engine;

namespace MoR.Simulation.Worlds;

/// <summary>Micro-batches as messages, with the answers that are taken counted.</summary>
internal sealed class CountedMessages(IMicroBatchMessages messages, Action taken) : IMicroBatchMessages
{
    /// <inheritdoc/>
    public ShardRequest RequestOf(IMicroBatchWork work, IMathExecutor math) => messages.RequestOf(work, math);

    /// <inheritdoc/>
    public IMicroBatchDelta Decode(WireMessage answer, IMicroBatchWork work)
    {
        taken();
        return messages.Decode(answer, work);
    }
}
