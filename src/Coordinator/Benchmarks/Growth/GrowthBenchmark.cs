using System.Text.Json.Nodes;
using MoR.Coordinator.Doctor;

namespace MoR.Coordinator.Benchmarks.Growth;

/// <summary>
/// How the time and the memory of a step grow with each of its sizes, beside the order that follows from counting its work and from
/// its memory plan.
/// </summary>
internal sealed class GrowthBenchmark : IBenchmark
{
    private const int StepsPerTurn = 3;

    /// <inheritdoc/>
    public string Name => "growth";

    /// <inheritdoc/>
    public string Description => "how a step's time and memory grow with tokens, experts, rank, layers and sub-routers";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var axes = new JsonObject();
        foreach (var axis in GrowthAxis.Around(run.Shape))
        {
            axes[axis.Name] = await MeasureAsync(axis, run, stop);
        }

        return new JsonObject { ["shape"] = run.Shape.Name, ["axes"] = axes };
    }

    private static async Task<JsonObject> MeasureAsync(GrowthAxis axis, BenchmarkRun run, CancellationToken stop)
    {
        var contenders = new List<GrowthContender>();
        try
        {
            foreach (var value in axis.Values)
            {
                var contender = new GrowthContender(axis, value, run);
                contenders.Add(contender);
                run.Terminal.Progress($"first steps: {contender.Name}");
                await contender.BeginAsync(stop);
            }

            var contest = await Contest.HoldAsync(contenders, StepsPerTurn, run.Rounds, run.Terminal.Progress, stop);
            run.Terminal.Progress("");
            return Report(axis, contenders, contest, run);
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }
    }

    private static JsonObject Report(
        GrowthAxis axis, IReadOnlyList<GrowthContender> contenders, Contest contest, BenchmarkRun run)
    {
        // Within a round, as speeds are compared.
        var time = new Samples(Enumerable.Range(0, run.Rounds).Select(round =>
            GrowthOrder.Of(axis.Values, [.. contenders.Select(contender => contest.Each(contender.Name)[round])])));
        var work = Order(contender => contender.Work.Total);
        var memory = Order(contender => contender.TensorBytes);
        var plan = Order(contender => contender.PlannedBytes);
        run.Terminal.Table(
            $"growth with {axis.Name} ({axis.Router}), half the {run.Shape.Name} shape, {run.Threads} threads, {run.Rounds} rounds",
            [axis.Name, "ms/step (least to most)", "tensors", "planned"],
            axis.Values.Zip(contenders, (value, contender) => (IReadOnlyList<string>)
            [
                $"{value}",
                Milliseconds(contender).Text("0.0"),
                Sizes.Text(contender.TensorBytes),
                Sizes.Text(contender.PlannedBytes),
            ]));
        run.Terminal.Line(
            $"order of the upper half: time {time.Text("0.00")}, {work:0.00} expected of its work; "
            + $"tensors {memory:0.00}, {plan:0.00} planned");
        return new JsonObject
        {
            ["router"] = axis.Router,
            ["time_order"] = time.ToJson(),
            ["time_order_expected"] = work,
            ["tensor_order"] = memory,
            ["tensor_order_planned"] = plan,
            ["values"] = new JsonArray([.. axis.Values.Zip(contenders, (value, contender) => (JsonNode)new JsonObject
            {
                ["value"] = value,
                ["milliseconds"] = Milliseconds(contender).ToJson(),
                ["tensor_bytes"] = contender.TensorBytes,
                ["planned_bytes"] = contender.PlannedBytes,
                ["operations"] = contender.Work.Operations,
                ["optimiser_bytes"] = contender.Work.Bytes,
                ["losses"] = new JsonArray([.. contender.Losses.Select(loss => (JsonNode)loss)]),
            })]),
        };

        double Order(Func<GrowthContender, double> amount) => GrowthOrder.Of(axis.Values, [.. contenders.Select(amount)]);

        Samples Milliseconds(GrowthContender contender) =>
            new(contest.Each(contender.Name).Select(seconds => seconds * 1000));
    }
}
