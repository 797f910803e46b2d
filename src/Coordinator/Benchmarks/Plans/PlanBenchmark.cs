using System.Globalization;
using System.Text.Json.Nodes;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Planning;
using MoR.Coordinator.Planning.Measurement;

namespace MoR.Coordinator.Benchmarks.Plans;

/// <summary>
/// What <c>mor plan</c> predicts for the demo, in process and on 1, 2 and 4 local nodes, beside what <c>mor train</c> takes. The
/// machine is measured first, in the same run, on steps of other sizes than those that are compared.
/// </summary>
/// <param name="trained">Times steps of <c>mor train</c>.</param>
/// <param name="memory">Tells the memory of the machine.</param>
internal sealed class PlanBenchmark(TrainedSteps trained, Func<MemoryFacts> memory) : IBenchmark
{
    private const int Steps = 20;
    private static readonly int[] Nodes = [0, 1, 2, 4];
    private static readonly string[] NoOverrides = [];

    /// <inheritdoc/>
    public string Name => "plan";

    /// <inheritdoc/>
    public string Description => "what mor plan predicts for 0, 1, 2 and 4 local nodes, beside what mor train takes";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var machine = await new SpeedMeasurement(trained, run.Time, run.Fatal).RunAsync(run.Terminal, memory().Total, stop);
        var forecaster = new Forecaster(machine, LinkSpeed.Local);
        var planned = TrainedSteps.Planned(NoOverrides);
        var measured = Nodes.ToDictionary(nodes => nodes, _ => new List<double>());
        for (var round = 0; round < run.Rounds; round++)
        {
            foreach (var nodes in round % 2 == 0 ? Nodes : Nodes.Reverse())
            {
                stop.ThrowIfCancellationRequested();
                run.Terminal.Progress($"round {round + 1}/{run.Rounds}: {nodes} nodes");
                measured[nodes].Add((await trained.RunAsync(NoOverrides, nodes, Steps, stop)).Seconds);
            }
        }

        run.Terminal.Progress("");
        if (!Calibration.IsPlausible(machine))
        {
            run.Terminal.Note(
                "the measurements of the machine contradict each other: its cores were not idle, and the errors are not the model's.");
        }

        var report = Report(run, Nodes.Select(nodes => (
            Forecast: nodes == 0 ? forecaster.InProcess(planned) : forecaster.Experts(planned, nodes),
            Measured: new Samples(measured[nodes]))));
        report["plausible"] = Calibration.IsPlausible(machine);
        return report;
    }

    private static JsonObject Report(BenchmarkRun run, IEnumerable<(Forecast Forecast, Samples Measured)> pairs)
    {
        var rows = pairs.Select(pair => (pair.Forecast, pair.Measured, Error: (pair.Forecast.Times.Step / pair.Measured.Median) - 1))
            .ToList();
        run.Terminal.Table(
            $"plan of the demo's step, {run.Rounds} rounds of {Steps} steps",
            ["", "predicted ms", "measured ms (least to most)", "error"],
            rows.Select(row => (IReadOnlyList<string>)
            [
                Names.Of(row.Forecast),
                (row.Forecast.Times.Step * 1e3).ToString("0.0", CultureInfo.InvariantCulture),
                new Samples([row.Measured.Least * 1e3, row.Measured.Median * 1e3, row.Measured.Most * 1e3]).Text("0.0"),
                row.Error.ToString("+0 %;-0 %", CultureInfo.InvariantCulture),
            ]));
        return new JsonObject
        {
            ["worst_error"] = rows.Max(row => Math.Abs(row.Error)),
            ["plans"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["nodes"] = row.Forecast.Nodes,
                ["predicted_seconds"] = row.Forecast.Times.Step,
                ["measured_seconds"] = row.Measured.ToJson(),
                ["error"] = row.Error,
            })]),
        };
    }
}
