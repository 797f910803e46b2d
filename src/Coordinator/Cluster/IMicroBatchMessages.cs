using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Engine;

namespace MoR.Coordinator.Cluster;

/// <summary>Micro-batches as messages to workers, and their answers, at the coordinator's end.</summary>
internal interface IMicroBatchMessages
{
    /// <summary>A micro-batch as an open request.</summary>
    /// <param name="work">The micro-batch, of the kind that these are the messages of.</param>
    /// <param name="math">Where its bytes are packed.</param>
    ShardRequest RequestOf(IMicroBatchWork work, IMathExecutor math);

    /// <summary>Reads an answer that the request found no problem with, and takes it over.</summary>
    IMicroBatchDelta Decode(WireMessage answer, IMicroBatchWork work);
}
