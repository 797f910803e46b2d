using MoR.Torch;

namespace MoR.Coordinator.Planning;

/// <summary>What to change: each change is predicted like the plan itself, and only what gains is said.</summary>
internal static class Advice
{
    private const double WorthSaying = 1.1;
    private const int Most = 4;

    /// <summary>Changes that gain at least a tenth, the best first.</summary>
    /// <param name="forecaster">Predicts.</param>
    /// <param name="run">The run.</param>
    /// <param name="now">What is predicted for it.</param>
    /// <param name="mostNodes">As many nodes as there may be.</param>
    public static IReadOnlyList<Change> For(Forecaster forecaster, PlannedRun run, Forecast now, int mostNodes) =>
    [
        .. Changes(forecaster, run, now, mostNodes)
            .Select(change => change with { Speedup = change.After.TokensPerSecond / now.TokensPerSecond })
            .Where(change => change.Speedup >= WorthSaying && (change.After.Fits || !now.Fits))
            .OrderByDescending(change => change.Speedup)
            .Take(Most),
    ];

    private static IEnumerable<Change> Changes(Forecaster forecaster, PlannedRun run, Forecast now, int mostNodes)
    {
        if (now.Role != NodeRole.InProcess)
        {
            yield return new("leave the nodes out (no --nodes, no --listen)", forecaster.InProcess(run));
            var other = now.Role == NodeRole.Expert ? NodeRole.Worker : NodeRole.Expert;
            yield return new($"give the nodes the role {Names.Of(other)}", forecaster.Of(run, other, now.Nodes));
        }

        if (run.Window < run.MicroBatches)
        {
            var window = Math.Min(run.Window + 1, run.MicroBatches);
            yield return new($"set training.window to {window}", Again(run with { Window = window }));
        }

        if (run.MicroBatches > 1)
        {
            var larger = run with
            {
                MicroBatches = (run.MicroBatches + 1) / 2,
                Sequences = run.Sequences * run.MicroBatches / ((run.MicroBatches + 1) / 2),
            };
            yield return new($"set training.micro_batch_sequences to {Math.Ceiling(larger.Sequences)}", Again(larger));
        }

        foreach (var change in NodeChanges(forecaster, run, now, mostNodes))
        {
            yield return change;
        }

        Forecast Again(PlannedRun changed) => forecaster.Of(changed, now.Role, now.Nodes);
    }

    private static IEnumerable<Change> NodeChanges(Forecaster forecaster, PlannedRun run, Forecast now, int mostNodes)
    {
        var most = now.Role == NodeRole.Worker ? Math.Min(mostNodes, Math.Round(run.Sequences * run.MicroBatches)) : 0;
        for (var pieces = 2 * run.MicroBatches; pieces <= most; pieces *= 2)
        {
            var smaller = run with { MicroBatches = pieces, Sequences = run.Sequences * run.MicroBatches / pieces };
            yield return new(
                $"set training.micro_batch_sequences to {Math.Ceiling(smaller.Sequences)} and take {pieces} workers",
                forecaster.Workers(smaller, pieces));
        }

        if (now.Role != NodeRole.Expert)
        {
            yield break;
        }

        foreach (var wire in new[] { WireType.Bf16, WireType.Int8 }.Where(wire => wire > run.Wire))
        {
            yield return new(
                $"set numerics.wire to {wire.ToString().ToLowerInvariant()} (rounds rows; another adapter)",
                forecaster.Experts(run with { Wire = wire }, now.Nodes));
        }

        if (now.Nodes > run.Spec.Experts.Shards && run.Spec.Experts.CountPerLayer.Min() > run.Spec.Experts.Shards)
        {
            var experts = run.Spec.Experts with { Shards = Math.Min(now.Nodes, run.Spec.Experts.CountPerLayer.Min()) };
            yield return new(
                $"set experts.shards to {experts.Shards}, so that more nodes hold one",
                forecaster.Experts(run with { Spec = run.Spec with { Experts = experts } }, now.Nodes));
        }

        if (!forecaster.Link.IsLocal)
        {
            var (faster, nearer) = (
                forecaster.Link with { BytesPerSecond = 10 * forecaster.Link.BytesPerSecond },
                forecaster.Link with { LatencySeconds = forecaster.Link.LatencySeconds / 2 });
            yield return new("use a link of ten times the bandwidth", new Forecaster(forecaster.Machine, faster).Experts(run, now.Nodes));
            yield return new("use a link of half the latency", new Forecaster(forecaster.Machine, nearer).Experts(run, now.Nodes));
        }
    }
}
