using MoR.Cluster.Protocol;
using MoR.Torch;

namespace MoR.Model.Experts;

/// <summary>A route of a request, expert by expert. Its tensors live in the caller's dispose scope.</summary>
internal sealed class RoutedRows
{
    /// <param name="route">The route.</param>
    /// <param name="inputs">Where the request's rows lie; null if in order.</param>
    /// <param name="outputs">Where the route's rows lie in what the experts add to, or read the gradient of; null if in
    /// order.</param>
    public RoutedRows(Route route, IReadOnlyList<int>? inputs, IReadOnlyList<int>? outputs = null)
    {
        var gates = TorchPayload.Of(route.Gates);
        Rows = route.Rows.Count;
        var first = 0;
        foreach (var (number, count) in route.Experts.Zip(route.Counts))
        {
            var (input, ofRequest, output) = (new long[count], new long[count], new long[count]);
            for (var i = 0; i < count; i++)
            {
                var ofRoute = route.Positions[first + i];
                var row = route.Rows[ofRoute];
                ofRequest[i] = row;
                input[i] = inputs?[row] ?? row;
                output[i] = outputs?[ofRoute] ?? ofRoute;
            }

            Experts.Add(new ExpertRows(number, new LoraRows(input, ofRequest, output, gates.narrow(0, first, count))));
            first += count;
        }
    }

    /// <summary>Distinct rows of the route.</summary>
    public long Rows { get; }

    /// <summary>What each expert reads, in expert order.</summary>
    public List<ExpertRows> Experts { get; } = [];
}
