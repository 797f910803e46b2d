using System.Globalization;
using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Doctor;

namespace MoR.Coordinator.Planning;

/// <summary>What is predicted for a run, for people and programs.</summary>
/// <param name="run">The run.</param>
/// <param name="forecaster">The machines.</param>
/// <param name="nodes">Numbers of nodes.</param>
internal sealed class PlanReport(PlannedRun run, Forecaster forecaster, IReadOnlyList<int> nodes)
{
    private const double Mega = 1e6;
    private readonly Lazy<RoleChoice> _recommended = new(() => Best(run, forecaster, nodes));

    /// <summary>In process, and both roles for each number of nodes.</summary>
    public IReadOnlyList<Forecast> Forecasts { get; } =
    [
        forecaster.InProcess(run),
        .. nodes.SelectMany(count => (Forecast[])[forecaster.Experts(run, count), forecaster.Workers(run, count)]),
    ];

    /// <summary>The fewest nodes, in the better role, beyond which nothing gains that is worth it.</summary>
    public RoleChoice Recommended => _recommended.Value;

    /// <summary>Tells a person.</summary>
    public void Show(ITerminal terminal)
    {
        var (machine, link) = (forecaster.Machine, forecaster.Link);
        terminal.Line(
            $"step: {run.MicroBatches} micro-batches of {Number(run.MicroBatchTokens)} tokens, window {run.Window}; "
            + $"{KnownBackbones.Parameters(run.Config) / Mega:N0} million frozen parameters, {ExpertText()}");
        terminal.Line(
            $"machine: {machine.OperationsPerSecond / 1e9:N0} GFLOP/s, memory {machine.MemoryBytesPerSecond / 1e9:N0} GB/s"
            + (machine.MemoryBytes == long.MaxValue ? "" : $", {Sizes.Text(machine.MemoryBytes)}") + $" ({machine.Source})");
        terminal.Line(link.IsLocal
            ? "link: none, all processes share one machine's cores"
            : $"link: {link.BytesPerSecond * 8 / 1e9:0.##} Gbit/s each way, {link.LatencySeconds * 1e3:0.###} ms one way");
        terminal.Line(
            $"traffic of experts on nodes: {run.Traffic.ForwardBytes / Mega:F3} MB per token each way"
            + (link.IsLocal ? "" : $"; the link carries at most {Number(run.Traffic.TokensPerSecond(link.BytesPerSecond * 8))} tokens/s"));
        var recommended = Recommended;
        terminal.Table(
            "predicted",
            ["", "s/step", "tokens/s", "coordinator", "node", "link", "bottleneck", "MB/step", "memory", "of a node"],
            Shown.Select(forecast => Row(forecast, recommended.Forecast)));
        ShowWhereItEnds(terminal);
        terminal.Line($"recommended (*): {Names.Of(recommended.Forecast)}: {recommended.Reason}");
        foreach (var remedy in MemoryRemedies)
        {
            terminal.Line($"to make {Names.Of(Asked)} fit: {remedy}");
        }

        foreach (var change in Changes)
        {
            terminal.Line(
                $"instead of {Names.Of(Asked)}: {change.What}: {change.Speedup:0.0} times as fast, "
                + $"{Number(change.After.TokensPerSecond)} tokens/s");
        }
    }

    /// <summary>What makes it fit, the largest parts first; nothing where it fits.</summary>
    private string[] MemoryRemedies => Asked.Fits
        ? []
        : [.. Asked.Coordinator.Parts.Concat(Asked.Node?.Parts ?? []).Where(part => part.Remedy.Length > 0)
            .OrderByDescending(part => part.Bytes).Select(part => $"{part.What} {Sizes.Text(part.Bytes)}: {part.Remedy}").Distinct()];

    /// <summary>Shards and micro-batches are divided among so many, and not further.</summary>
    private void ShowWhereItEnds(ITerminal terminal)
    {
        foreach (var role in new[] { NodeRole.Expert, NodeRole.Worker })
        {
            var last = Shown.Last(forecast => forecast.Role == role);
            if (last.Nodes < nodes.Max())
            {
                terminal.Line(
                    $"more than {Names.Of(last)}: not faster"
                    + (forecaster.Link.IsLocal
                        ? ", the cores are the same"
                        : role == NodeRole.Expert
                            ? $", there are {run.Spec.Experts.Shards} shards"
                            : $", there are {run.MicroBatches} micro-batches"));
            }
        }
    }

    /// <summary>The same for programs.</summary>
    public JsonObject ToJson()
    {
        var recommended = Recommended;
        return new JsonObject
        {
            ["tokens_per_step"] = run.Tokens,
            ["micro_batches"] = run.MicroBatches,
            ["window"] = run.Window,
            ["frozen_parameters"] = KnownBackbones.Parameters(run.Config),
            ["traffic_bytes_per_token"] = run.Traffic.ForwardBytes,
            ["machine"] = JsonOf(forecaster.Machine),
            ["link_bytes_per_second"] = forecaster.Link.IsLocal ? null : forecaster.Link.BytesPerSecond,
            ["latency_seconds"] = forecaster.Link.LatencySeconds,
            ["local"] = forecaster.Link.IsLocal,
            ["plans"] = new JsonArray([.. Forecasts.Select(JsonOf)]),
            ["recommended"] = JsonOf(recommended.Forecast),
            ["reason"] = recommended.Reason,
            ["memory_remedies"] = new JsonArray([.. MemoryRemedies.Select(remedy => (JsonNode)remedy)]),
            ["changes"] = new JsonArray([.. Changes.Select(change => (JsonNode)new JsonObject
            {
                ["what"] = change.What,
                ["speedup"] = change.Speedup,
                ["tokens_per_second"] = change.After.TokensPerSecond,
            })]),
        };
    }

    /// <summary>What the advice is about: nodes where one number of them was asked for, else what is recommended.</summary>
    private Forecast Asked => nodes.Count == 1
        ? RoleChooser.ChooseAmongNodes(forecaster, run, nodes[0]).Forecast
        : Recommended.Forecast;

    private IReadOnlyList<Change> Changes => Advice.For(forecaster, run, Asked, nodes.Max());

    /// <summary>Without those that more nodes do not change.</summary>
    private IEnumerable<Forecast> Shown => Forecasts.Where(forecast => !Forecasts.Any(other =>
        other.Role == forecast.Role && other.Nodes < forecast.Nodes && other.Times.Step <= forecast.Times.Step * (1 + 1e-9)));

    private static RoleChoice Best(PlannedRun run, Forecaster forecaster, IReadOnlyList<int> nodes)
    {
        var choices = nodes.Order().Prepend(0).Select(count => RoleChooser.Choose(forecaster, run, count)).ToList();
        return choices.Where(choice => choice.Forecast.Fits).Aggregate(
            (RoleChoice?)null,
            (best, next) => best is null
                || next.Forecast.TokensPerSecond > RoleChooser.WorthIt * best.Forecast.TokensPerSecond
                ? next
                : best) ?? choices.MinBy(choice => RoleChooser.MostOnOneMachine(choice.Forecast))!;
    }

    private string ExpertText()
    {
        var experts = run.Spec.Experts;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{experts.CountPerLayer.Average():0.#} experts of rank {experts.RankPerLayer.Average():0.#} per linear in {experts.Shards} "
            + $"shards, top {(run.Spec.IsPlainLora ? 1 : run.Spec.Router.TopK)}");
    }

    private static IReadOnlyList<string> Row(Forecast forecast, Forecast recommended) =>
    [
        Names.Of(forecast) + (forecast.Role == recommended.Role && forecast.Nodes == recommended.Nodes ? " *" : ""),
        forecast.Times.Step.ToString("0.000", CultureInfo.InvariantCulture),
        Number(forecast.TokensPerSecond),
        Percent(forecast.UtilisationOf(Bottleneck.Coordinator)),
        forecast.Role == NodeRole.InProcess ? "" : Percent(forecast.UtilisationOf(Bottleneck.Node)),
        forecast.Role == NodeRole.InProcess ? "" : Percent(forecast.UtilisationOf(Bottleneck.Link)),
        Names.Of(forecast.Bottleneck),
        forecast.Role == NodeRole.InProcess
            ? ""
            : ((forecast.BytesOut + forecast.BytesIn) / Mega).ToString("N1", CultureInfo.InvariantCulture),
        Sizes.Text(forecast.Coordinator.Peak) + (forecast.Fits ? "" : " (does not fit)"),
        forecast.Node is { } node ? Sizes.Text(node.Peak) : "",
    ];

    private static JsonNode JsonOf(Forecast forecast) => new JsonObject
    {
        ["nodes"] = forecast.Nodes,
        ["role"] = Names.Of(forecast.Role),
        ["step_seconds"] = forecast.Times.Step,
        ["tokens_per_second"] = forecast.TokensPerSecond,
        ["utilisation"] = new JsonObject(forecast.Parts.Select(part =>
            KeyValuePair.Create(Names.Of(part.Part), (JsonNode?)part.Utilisation))),
        ["bottleneck"] = Names.Of(forecast.Bottleneck),
        ["bytes_out_per_step"] = forecast.BytesOut,
        ["bytes_in_per_step"] = forecast.BytesIn,
        ["memory_coordinator_bytes"] = forecast.Coordinator.Peak,
        ["memory_node_bytes"] = forecast.Node?.Peak,
        ["fits"] = forecast.Fits,
    };

    private static JsonObject JsonOf(MachineSpeed machine) => new()
    {
        ["source"] = machine.Source,
        ["operations_per_second"] = machine.OperationsPerSecond,
        ["expert_operations_per_second"] = machine.ExpertOperationsPerSecond,
        ["memory_bytes_per_second"] = machine.MemoryBytesPerSecond,
        ["activation_bytes_per_second"] = machine.ActivationBytesPerSecond,
        ["seconds_per_expert"] = machine.SecondsPerExpert,
        ["seconds_per_dispatch"] = machine.SecondsPerDispatch,
        ["seconds_per_wire_byte"] = machine.SecondsPerWireByte,
        ["seconds_per_message"] = machine.SecondsPerMessage,
        ["threads"] = machine.Threads,
        ["memory_bytes"] = machine.MemoryBytes,
    };

    private static string Number(double value) =>
        value.ToString(value < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture);

    private static string Percent(double part) => part.ToString("P0", CultureInfo.InvariantCulture);
}
