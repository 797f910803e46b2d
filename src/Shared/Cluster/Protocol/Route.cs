namespace MoR.Cluster.Protocol;

/// <summary>
/// One router's choice among the experts of one shard: the (row, expert, gate) list, ordered by expert, then by row.
/// Linears that share a router share the route.
/// </summary>
/// <param name="Rows">Per distinct row of the route, its position among the request's rows, ascending; [n].</param>
/// <param name="Positions">Per assignment, its row as a position in <paramref name="Rows"/>; [m].</param>
/// <param name="Experts">The experts with at least one row, ascending; numbered within the layer.</param>
/// <param name="Counts">Per entry of <paramref name="Experts"/>, how many assignments it has; they add up to m.</param>
/// <param name="Gates">Gate of each assignment; [m].</param>
public sealed record Route(
    IReadOnlyList<int> Rows,
    IReadOnlyList<int> Positions,
    IReadOnlyList<int> Experts,
    IReadOnlyList<int> Counts,
    TensorPayload Gates) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Gates.Dispose();
}
