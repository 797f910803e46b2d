using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;

namespace MoR.Model.Experts;

/// <summary>One shard on a node: reads requests, computes as in process, and writes the answers.</summary>
/// <param name="codec">Reads and writes.</param>
/// <param name="block">The parameters; owned.</param>
internal sealed class TorchShardMath(ExpertCodec codec, ShardBlock block) : IShardMath
{
    /// <inheritdoc/>
    public WireMessage Forward(WireMessage request)
    {
        using var decoded = codec.DecodeForward(WireAlias.Of(request));
        using var reply = ExpertMath.Forward(block.Parameters, decoded);
        return codec.Encode(reply, request.Envelope.Forward.Attempt);
    }

    /// <inheritdoc/>
    public IBackwardWork Backward(WireMessage request, WireMessage? forward) =>
        new TorchBackwardWork(codec, block.Parameters, WireAlias.Of(request), forward is null ? null : WireAlias.Of(forward));

    /// <inheritdoc/>
    public void Dispose() => block.Dispose();
}
