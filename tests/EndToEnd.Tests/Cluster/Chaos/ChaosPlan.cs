using MoR.Cluster.Random;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>A run and what happens to it, all of it from a seed.</summary>
internal sealed record ChaosPlan
{
    /// <summary>The fewest faults of a run.</summary>
    public const int LeastFaults = 3;

    private const int MostFaults = 5;
    private const int MostExtras = 3;
    private const int LeastSteps = 20;
    private const int MostSteps = 40;
    private const int LocalOneIn = 5;
    private const int MostLocal = 3;

    /// <summary>Roles of nodes in turn. Some hold experts: without them the coordinator goes on alone when no worker is left.</summary>
    private static readonly string[][] roles =
        [["expert"], ["expert"], ["expert,worker"], ["expert", "worker"], ["worker", "expert", "worker"]];

    private static readonly string[] wires = ["f32", "bf16", "int8"];
    private static readonly int[] shards = [2, 4, 8];
    private static readonly int[] nodes = [1, 2, 2, 3, 3, 4, 5, 8];

    private static readonly ChaosKind[] faults =
    [
        ChaosKind.Kill, ChaosKind.Restart, ChaosKind.Restart, ChaosKind.Stop, ChaosKind.Stop, ChaosKind.Hang, ChaosKind.Leave,
        ChaosKind.Cut, ChaosKind.Cut, ChaosKind.BlackHole, ChaosKind.Corrupt, ChaosKind.KillCoordinator, ChaosKind.KillCoordinator,
    ];

    private static readonly ChaosKind[] localFaults =
        [ChaosKind.Kill, ChaosKind.Kill, ChaosKind.Stop, ChaosKind.Hang, ChaosKind.KillCoordinator];

    public required ulong Seed { get; init; }

    public required string Wire { get; init; }

    public required int Shards { get; init; }

    public required int Steps { get; init; }

    public required int Nodes { get; init; }

    public required int Replicas { get; init; }

    public required int Window { get; init; }

    public required int Threads { get; init; }

    public required string[] Roles { get; init; }

    /// <summary>Whether <c>mor train --nodes</c> starts the nodes, else <c>mor expert</c> does.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>What happens, in this order.</summary>
    public required IReadOnlyList<ChaosFault> Faults { get; init; }

    /// <summary>What decides the adapter: runs of one key must give the same.</summary>
    public string[] Recipe =>
    [
        "--steps", $"{Steps}", "--set", $"numerics.wire={Wire}", "--set", "experts.count=8", "--set", $"experts.shards={Shards}",
        "--no-eval",
    ];

    /// <summary>What decides nothing.</summary>
    public string[] Cluster =>
    [
        "--set", $"cluster.replicas={Replicas}", "--set", "cluster.wait_seconds=120", "--set", $"training.window={Window}",
        "--set", $"numerics.threads={Threads}",
    ];

    /// <summary>The plan of a seed.</summary>
    public static ChaosPlan Of(ulong seed)
    {
        var random = new CounterRandom(seed, 0xC4A05);
        var isLocal = random.NextBelow(LocalOneIn) == 0;
        var steps = LeastSteps + random.NextBelow(MostSteps - LeastSteps + 1);
        var kinds = Kinds(ref random, isLocal);
        var plan = new ChaosPlan
        {
            Seed = seed,
            Wire = Any(ref random, wires),
            Shards = Any(ref random, shards),
            Steps = steps,
            Nodes = isLocal ? 1 + random.NextBelow(MostLocal) : Any(ref random, nodes),
            Replicas = 1 + random.NextBelow(2),
            Window = 1 + random.NextBelow(3),
            Threads = 1 + random.NextBelow(3),
            Roles = Any(ref random, roles),
            IsLocal = isLocal,
            Faults = [],
        };
        return plan with
        {
            // One of each role at least, and one role for all that one command starts.
            Nodes = isLocal ? plan.Nodes : Math.Max(plan.Nodes, plan.Roles.Length),
            Roles = isLocal && plan.Roles.Length > 1 ? ["expert,worker"] : plan.Roles,
            Faults = Moments(ref random, kinds, steps),
        };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Wire}, {Shards} shards, {Steps} steps, {Nodes} {(IsLocal ? "local " : "")}nodes ({string.Join(" ", Roles)}), "
        + $"{Replicas} replicas, window {Window}, {Threads} threads";

    private static List<ChaosKind> Kinds(ref CounterRandom random, bool isLocal)
    {
        var kinds = new List<ChaosKind>();
        var wanted = LeastFaults + random.NextBelow(MostFaults - LeastFaults + 1);
        while (kinds.Count < wanted)
        {
            var kind = Any(ref random, isLocal ? localFaults : faults);
            if (!IsSlow(kind) || !kinds.Exists(IsSlow))
            {
                kinds.Add(kind);
            }
        }

        for (var extra = isLocal ? 0 : random.NextBelow(MostExtras + 1); extra > 0; extra--)
        {
            kinds.Insert(random.NextBelow(kinds.Count + 1), random.NextBelow(2) == 0 ? ChaosKind.Delay : ChaosKind.Join);
        }

        return kinds;
    }

    /// <summary>Costs the limit of silence; one such wait is enough for a run.</summary>
    private static bool IsSlow(ChaosKind kind) => kind is ChaosKind.Hang or ChaosKind.BlackHole;

    /// <summary>Moments from the first step to two before the last one, in order.</summary>
    private static IReadOnlyList<ChaosFault> Moments(ref CounterRandom random, List<ChaosKind> kinds, int steps)
    {
        var moments = new List<(int Step, ChaosPhase Phase)>();
        foreach (var _ in kinds)
        {
            moments.Add((1 + random.NextBelow(steps - 2), (ChaosPhase)random.NextBelow(3)));
        }

        moments.Sort();
        var planned = new List<ChaosFault>();
        foreach (var ((step, phase), kind) in moments.Zip(kinds))
        {
            planned.Add(new ChaosFault(
                step, phase, kind, random.NextBelow(64), TimeSpan.FromMilliseconds(50 + random.NextBelow(1500))));
        }

        return planned;
    }

    private static T Any<T>(ref CounterRandom random, T[] among) => among[random.NextBelow(among.Length)];
}
