using MoR.Cluster.Protocol;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>A route of a request as tensors: what each expert reads. Lives in the caller's dispose scope.</summary>
internal sealed class RoutedRows
{
    public RoutedRows(ForwardRequest request, Route route)
    {
        var rows = TorchPayload.Of(request.Rows);
        var gates = TorchPayload.Of(route.Gates);
        Rows = route.Rows.Count;
        var first = 0;
        foreach (var (number, count) in route.Experts.Zip(route.Counts))
        {
            var ofRoute = new long[count];
            var ofRequest = new long[count];
            for (var i = 0; i < count; i++)
            {
                ofRoute[i] = route.Positions[first + i];
                ofRequest[i] = route.Rows[route.Positions[first + i]];
            }

            var ofRequest_m = tensor(ofRequest).to(rows.device);
            Experts.Add(new ExpertRows(
                number,
                rows.index_select(0, ofRequest_m),
                gates.narrow(0, first, count),
                tensor(ofRoute).to(rows.device),
                ofRequest_m));
            first += count;
        }
    }

    /// <summary>Distinct rows of the route.</summary>
    public long Rows { get; }

    /// <summary>What each expert reads, in expert order.</summary>
    public List<ExpertRows> Experts { get; } = [];
}
