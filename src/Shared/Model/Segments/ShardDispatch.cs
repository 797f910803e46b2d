using MoR.Cluster.Protocol;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>What one shard was asked, and where its answers belong.</summary>
/// <param name="Request">The forward request.</param>
/// <param name="Rows">Each row of the request as a row of the micro-batch; [n].</param>
/// <param name="Routes">Each route's rows, and its decision.</param>
internal sealed record ShardDispatch(ForwardRequest Request, long[] Rows, IReadOnlyList<ShardRoute> Routes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Request.Dispose();
        foreach (var route in Routes)
        {
            route.Dispose();
        }
    }
}

/// <summary>Where a route's answers belong.</summary>
/// <param name="Decision">The router's decision, or null for plain LoRA.</param>
/// <param name="Rows">The route's distinct rows as rows of the micro-batch; [n].</param>
/// <param name="Gates">The route's gates as flat positions of the decision's [T, E], or null for plain LoRA.</param>
internal sealed record ShardRoute(SiteDecision? Decision, int[] Rows, Tensor? Gates) : IDisposable
{
    /// <summary>The same rows, as kernels take them.</summary>
    public long[] LongRows { get; } = Array.ConvertAll(Rows, row => (long)row);

    /// <inheritdoc/>
    public void Dispose() => Gates?.Dispose();
}
