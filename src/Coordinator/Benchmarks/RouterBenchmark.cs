using System.Globalization;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Model.Routing;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>What a mixture of routers costs beside one router: the same training steps, and the routing alone.</summary>
internal sealed class RouterBenchmark : IBenchmark
{
    private const int Batches = 10;
    private const int RoutingTimes = 20;

    /// <inheritdoc/>
    public string Name => "router";

    /// <inheritdoc/>
    public string Description => "a training step with mor beside one with topk, and what routing takes of it";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        using var made = new MadeModel(run.Shape);
        using var files = BackboneFolder.Open(made.Folder, run.Terminal.Note);
        using var backbone = files.Load(RecipeDtype.F32, CPU, run.Threads);
        string[] kinds = [RouterCatalogue.TopK, RouterCatalogue.MixtureOfRouters];
        var steps = new List<IContender>();
        var routings = new List<IContender>();
        try
        {
            foreach (var kind in kinds)
            {
                steps.Add(new StepContender(kind, made, backbone, kind, Batches, run.Time, run.Fatal));
                routings.Add(new RoutingContender(kind, run.Shape, backbone, run.Time));
            }

            var losses = new JsonObject();
            foreach (var contender in steps)
            {
                losses[contender.Name] = await TrainAsync(contender, run, stop);
            }

            foreach (var contender in routings)
            {
                await contender.RunAsync(1, stop);
            }

            var ofStep = await Contest.HoldAsync(steps, run.Shape.StepsPerTurn, run.Rounds, run.Terminal.Progress, stop);
            var ofRouting = await Contest.HoldAsync(routings, RoutingTimes, run.Rounds, run.Terminal.Progress, stop);
            run.Terminal.Progress("");
            return Report(ofStep, ofRouting, losses, run);
        }
        finally
        {
            steps.Concat(routings).ToList().ForEach(contender => contender.Dispose());
        }
    }

    /// <summary>Twice over the batches: a step whose losses do not fall learns nothing, and its time says nothing.</summary>
    private static async Task<JsonObject> TrainAsync(IContender contender, BenchmarkRun run, CancellationToken stop)
    {
        run.Terminal.Progress($"first steps: {contender.Name}");
        var losses = (await contender.RunAsync(2 * Batches, stop)).Losses;
        var (first, second) = (losses.Take(Batches).Average(), losses.Skip(Batches).Average());
        return losses.All(double.IsFinite) && second < first
            ? new JsonObject { ["first"] = first, ["second"] = second }
            : throw new RunException(
                contender.Name,
                $"its loss goes from {first:0.0000} over {Batches} batches to {second:0.0000} over the same again, so it does not learn",
                "Find out why before its time is measured.");
    }

    private static JsonObject Report(Contest ofStep, Contest ofRouting, JsonObject losses, BenchmarkRun run)
    {
        const string topK = RouterCatalogue.TopK, mixture = RouterCatalogue.MixtureOfRouters;
        var shape = run.Shape;
        var ratio = ofStep.Speedup(topK, mixture);
        run.Terminal.Table(
            $"router, {shape.Name} shape: {shape.Tokens} tokens, {run.Threads} threads, {run.Rounds} rounds",
            ["", "ms/step (least to most)", "times topk's (least to most)", "routing alone, ms/step (least to most)"],
            new[] { topK, mixture }.Select(name => (IReadOnlyList<string>)
            [
                name,
                Milliseconds(ofStep, name),
                name == topK ? "" : ratio.Text("0.000"),
                Milliseconds(ofRouting, name),
            ]));
        run.Terminal.Line(
            $"mean loss over {Batches} batches, and over the same again: "
            + string.Join("; ", losses.Select(item => $"{item.Key} {Loss(item.Value!, "first")}, {Loss(item.Value!, "second")}")));
        return new JsonObject
        {
            ["shape"] = shape.Name,
            ["tokens"] = shape.Tokens,
            ["sub_routers"] = shape.Adapter(mixture).Router.SubRouters,
            ["ratio_mor_to_topk"] = ratio.Median,
            ["mor_to_topk"] = ratio.ToJson(),
            ["routing_share_topk"] = ofRouting.Seconds(topK).Median / ofStep.Seconds(topK).Median,
            ["routing_share_mor"] = ofRouting.Seconds(mixture).Median / ofStep.Seconds(mixture).Median,
            ["step_seconds"] = Seconds(ofStep),
            ["routing_seconds"] = Seconds(ofRouting),
            ["losses"] = losses,
        };

        static JsonObject Seconds(Contest contest) => new()
        {
            [topK] = contest.Seconds(topK).ToJson(),
            [mixture] = contest.Seconds(mixture).ToJson(),
        };
    }

    private static string Loss(JsonNode losses, string which) =>
        losses[which]!.GetValue<double>().ToString("0.000", CultureInfo.InvariantCulture);

    private static string Milliseconds(Contest contest, string name) =>
        new Samples(contest.Each(name).Select(seconds => seconds * 1000)).Text("0.0");
}
