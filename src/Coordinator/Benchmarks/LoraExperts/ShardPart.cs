using MoR.Cluster.Protocol;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.LoraExperts;

/// <summary>What one shard is asked, and where its answers belong.</summary>
/// <param name="Request">The forward request.</param>
/// <param name="Rows">Its rows among all; [n].</param>
/// <param name="Gates">Its gates among all, flat; [m].</param>
internal sealed record ShardPart(ForwardRequest Request, Tensor Rows, Tensor Gates) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Request.Rows.Dispose();
        Request.Routes[0].Dispose();
        Rows.Dispose();
        Gates.Dispose();
    }
}
