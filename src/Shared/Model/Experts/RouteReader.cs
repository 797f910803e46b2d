using Google.Protobuf.Collections;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Backbone;

namespace MoR.Model.Experts;

/// <summary>Reads and checks the routes of a request: everything that the experts' mathematics takes for granted.</summary>
/// <param name="reader">The message.</param>
/// <param name="layout">Which experts a shard has.</param>
/// <param name="key">The request's key, checked.</param>
internal sealed class RouteReader(MessageReader reader, AdapterLayout layout, RequestKey key)
{
    private readonly DispatchPoint _point = DispatchPoint.At(key.DispatchPoint);

    /// <summary>Checks the numbers that come before the tensors.</summary>
    public void Check(RepeatedField<RouteHead> heads, RepeatedField<int> routeOfTarget)
    {
        var targets = _point.Linears.Count;
        if (heads.Count < 1 || heads.Count > targets)
        {
            throw reader.Wrong("routes", $"a list of {heads.Count}", $"a list of 1 to {targets}");
        }

        reader.RequireCount("route_of_target", routeOfTarget.Count, targets);
        for (var target = 0; target < targets; target++)
        {
            var most = layout.IsTarget(_point.Linears[target]) ? heads.Count - 1 : -1;
            if (routeOfTarget[target] < -1 || routeOfTarget[target] > most)
            {
                throw reader.Wrong($"route_of_target[{target}]", routeOfTarget[target], $"in -1..{most}");
            }
        }

        for (var route = 0; route < heads.Count; route++)
        {
            Check(route, heads[route]);
            if (!routeOfTarget.Contains(route))
            {
                throw reader.Wrong($"routes[{route}]", "a route of no target", "the route of a target");
            }
        }
    }

    /// <summary>Reads the tensors of one route.</summary>
    /// <param name="number">Its place, for errors.</param>
    /// <param name="head">Its sizes, checked.</param>
    /// <param name="rows">Rows of the request.</param>
    public Route Read(int number, RouteHead head, long rows)
    {
        var field = $"routes[{number}]";
        var all = reader.TakeIntegers($"{field}.indices", head.Rows + (long)head.Assignments + (2L * head.Experts));
        var gates = reader.TakeExact($"{field}.gates", head.Assignments);
        var (ofRows, ofExperts) = (all[..head.Rows], head.Rows + head.Assignments);
        var positions = all[head.Rows..ofExperts];
        var experts = all[ofExperts..(ofExperts + head.Experts)];
        var counts = all[(ofExperts + head.Experts)..];
        CheckAscending($"{field}.rows", ofRows, rows);
        CheckAscending($"{field}.experts", experts, layout.Spec.Experts.CountPerLayer[_point.Layer]);
        for (var i = 0; i < experts.Length; i++)
        {
            if (experts[i] % layout.Spec.Experts.Shards != key.Shard)
            {
                throw reader.Wrong(
                    $"{field}.experts[{i}]", experts[i], $"an expert of shard {key.Shard} of {layout.Spec.Experts.Shards}");
            }
        }

        CheckPositions(field, positions, counts, head.Rows);
        return new Route(ofRows, positions, experts, counts, gates);
    }

    /// <summary>Each expert's rows are different ones of the route, ascending.</summary>
    private void CheckPositions(string field, int[] positions, int[] counts, int rows)
    {
        var (first, positionsField) = (0, $"{field}.positions");
        for (var i = 0; i < counts.Length; i++)
        {
            var most = Math.Min(rows, positions.Length - first);
            if (counts[i] < 1 || counts[i] > most)
            {
                throw reader.Wrong($"{field}.counts[{i}]", counts[i], $"in 1..{most}");
            }

            CheckAscending(positionsField, positions.AsSpan(first, counts[i]), rows, first);
            first += counts[i];
        }

        if (first != positions.Length)
        {
            throw reader.Wrong($"{field}.counts", $"a sum of {first}", $"a sum of {positions.Length}");
        }
    }

    private void CheckAscending(string field, ReadOnlySpan<int> values, long end, int place = 0)
    {
        var least = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] < least || values[i] >= end)
            {
                throw reader.Wrong($"{field}[{place + i}]", values[i], $"in {least}..{end - 1}");
            }

            least = values[i] + 1;
        }
    }

    private void Check(int route, RouteHead head)
    {
        var (count, shards) = (layout.Spec.Experts.CountPerLayer[_point.Layer], layout.Spec.Experts.Shards);
        var experts = (count - key.Shard + shards - 1) / shards;
        if (head.Rows < 1)
        {
            throw reader.Wrong($"routes[{route}].rows", head.Rows, "at least 1");
        }

        if (head.Experts < 1 || head.Experts > experts)
        {
            throw reader.Wrong($"routes[{route}].experts", head.Experts, $"in 1..{experts}");
        }

        var most = (long)head.Rows * head.Experts;
        if (head.Assignments < head.Experts || head.Assignments > most)
        {
            throw reader.Wrong($"routes[{route}].assignments", head.Assignments, $"in {head.Experts}..{most}");
        }
    }
}
