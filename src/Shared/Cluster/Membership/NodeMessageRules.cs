using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Membership;

/// <summary>What must hold of a message from a node before anything is done with it: a node that was admitted may still be of a
/// hostile or broken program.</summary>
public static class NodeMessageRules
{
    /// <summary>What is wrong with it, as "it sent ..."; null for nothing.</summary>
    /// <param name="message">What came.</param>
    /// <param name="shards">Shards of the run.</param>
    public static string? ProblemOf(Envelope message, int shards) => message.BodyCase switch
    {
        Envelope.BodyOneofCase.ForwardDone => OfKey(message, message.ForwardDone.Key, shards),
        Envelope.BodyOneofCase.BackwardDone => OfKey(message, message.BackwardDone.Key, shards),
        Envelope.BodyOneofCase.ParameterGradients => OfKey(message, message.ParameterGradients.Key, shards),
        Envelope.BodyOneofCase.Missing => OfKey(message, message.Missing.Key, shards),
        Envelope.BodyOneofCase.Stale => OfEither(message, message.Stale.Key, shards),
        Envelope.BodyOneofCase.Failed => OfEither(message, message.Failed.Key, shards),
        Envelope.BodyOneofCase.MicroBatchDone when message.MicroBatchDone.Key?.Shard != RequestKey.None =>
            "it sent MicroBatchDone that names no micro-batch",
        Envelope.BodyOneofCase.Published => Of(message.Published, shards),
        _ => null,
    };

    /// <summary>Of a request to a shard, or of a micro-batch.</summary>
    private static string? OfEither(Envelope message, Key? key, int shards) =>
        key?.Shard == RequestKey.None ? null : OfKey(message, key, shards);

    private static string? OfKey(Envelope message, Key? key, int shards) => key switch
    {
        null => $"it sent {message.BodyCase} that names no request",
        _ when key.Shard < 0 || key.Shard >= shards => $"it sent {message.BodyCase} of {OutOfRange(key.Shard, shards)}",
        _ => null,
    };

    private static string? Of(Published published, int shards)
    {
        if (published.Shards.Count != published.Checksums.Count)
            return $"it sent Published with {published.Checksums.Count} checksums of {published.Shards.Count} shards";
        foreach (var shard in published.Shards)
        {
            if (shard < 0 || shard >= shards)
                return $"it sent Published of {OutOfRange(shard, shards)}";
        }

        return null;
    }

    private static string OutOfRange(int shard, int shards) => $"shard {shard}, and there are 0 to {shards - 1}";
}
