using MoR.Cluster.Protocol;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>Turns routing decisions into one request per shard.</summary>
internal static class DispatchBuilder
{
    /// <summary>Asks every shard that some row chose, in shard order.</summary>
    /// <param name="layout">Which experts a shard has.</param>
    /// <param name="dispatch">The dispatch point.</param>
    /// <param name="context">The micro-batch's place.</param>
    /// <param name="x_TI">The experts' input, without history.</param>
    /// <param name="decisionOf">The decision for a site.</param>
    public static List<ShardDispatch> Build(
        AdapterLayout layout, Dispatch dispatch, MicroBatchContext context, Tensor x_TI,
        Func<RouterSite, SiteDecision> decisionOf)
    {
        var point = dispatch.Point;
        var targets = point.Linears.Select(linear => layout.IsTarget(linear)).ToArray();
        if (!targets.Contains(true))
        {
            return [];
        }

        // Linears that share a site share a route; plain LoRA has one route of all rows and no site.
        RouterSite?[] siteOf = [.. point.Linears.Select(linear => layout.SiteOf(point.Layer, linear))];
        RouterSite?[] sites = [.. siteOf.Where((_, target) => targets[target]).Distinct()];
        var shards = new List<ShardDispatch>();
        for (var shard = 0; shard < layout.Spec.Experts.Shards; shard++)
        {
            var key = new RequestKey(
                context.Epoch, context.Step, context.Position, point.Index, shard, Direction.Forward);
            var choices = sites.Select(site => site is null
                ? ShardChoice.AllRows((int)x_TI.shape[0], shard)
                : ShardChoice.Of(decisionOf(site), shard, layout.Spec.Experts.Shards)).ToList();
            var routeOfTarget = Enumerable.Range(0, targets.Length)
                .Select(target => targets[target] ? RouteNumber(choices, Array.IndexOf(sites, siteOf[target])) : -1)
                .ToArray();
            choices.RemoveAll(choice => choice.Positions.Count == 0);
            if (choices.Count > 0)
            {
                if (context.MaskedShards.Contains(shard))
                {
                    throw new InvalidOperationException(
                        $"rows of dispatch point {point.Index} chose experts of shard {shard}, which is masked");
                }

                shards.Add(Request(key, context.ShardVersion, x_TI, choices, routeOfTarget));
            }
        }

        return shards;
    }

    /// <summary>A choice's position once empty ones are left out, or -1 if it is empty.</summary>
    private static int RouteNumber(List<ShardChoice> choices, int choice) => choices[choice].Positions.Count == 0
        ? -1
        : choices.Take(choice).Count(earlier => earlier.Positions.Count > 0);

    private static ShardDispatch Request(
        RequestKey key, long version, Tensor x_TI, List<ShardChoice> choices, int[] routeOfTarget)
    {
        int[] rows = choices.Count == 1
            ? [.. choices[0].Rows]
            : [.. choices.SelectMany(choice => choice.Rows).Distinct().Order()];
        var routes = new List<Route>();
        var where = new List<ShardRoute>();
        foreach (var choice in choices)
        {
            int[] rowsOfChoice = [.. choice.Rows];
            int[] rowsOfRoute = choices.Count == 1
                ? [.. Enumerable.Range(0, rows.Length)]
                : Array.ConvertAll(rowsOfChoice, row => Array.BinarySearch(rows, row));
            var flat_m = choice.Decision is null ? null : Index(choice.FlatGates, x_TI).DetachFromDisposeScope();
            var gates_m = flat_m is null
                ? ones([choice.Positions.Count], x_TI.dtype, x_TI.device)
                : choice.Decision!.FlatGates().index_select(0, flat_m);
            routes.Add(new Route(
                rowsOfRoute, choice.Positions, choice.Experts, choice.Counts, new TorchPayload(gates_m)));
            where.Add(new ShardRoute(choice.Decision, rowsOfChoice, flat_m));
        }

        var request = new ForwardRequest(key, version, new RowsPayload(x_TI, rows), routes, routeOfTarget);
        return new ShardDispatch(request, Array.ConvertAll(rows, row => (long)row), where);
    }

    private static Tensor Index(List<int> positions, Tensor like) =>
        tensor(positions.ConvertAll(position => (long)position).ToArray()).to(like.device);
}
