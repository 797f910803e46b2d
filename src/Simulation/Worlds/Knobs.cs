using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Random;

namespace MoR.Simulation.Worlds;

/// <summary>What a seed makes of a world, faults aside.</summary>
internal sealed record Knobs
{
    private const int LeastNodes = 3;
    private const int MoreNodes = 2;

    /// <summary>Nodes at the start.</summary>
    public required int Nodes { get; init; }

    /// <summary>Nodes that hold each shard.</summary>
    public required int Replicas { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>Least time on the way between two machines, in microseconds.</summary>
    public required int LatencyMicroseconds { get; init; }

    /// <summary>The most that chance adds.</summary>
    public required int JitterMicroseconds { get; init; }

    /// <summary>Bytes in a second, of each path.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>What a piece of mathematics takes, about.</summary>
    public required int MathMicroseconds { get; init; }

    /// <summary>Bytes of requests that a node takes unanswered.</summary>
    public required long Credit { get; init; }

    /// <summary>Bytes that a node keeps for backward.</summary>
    public required long Kept { get; init; }

    /// <summary>Shards that a node has room for.</summary>
    public required int ShardsPerNode { get; init; }

    /// <summary>Whether what is ready in a process runs in any order.</summary>
    public required bool Shuffles { get; init; }

    /// <summary>What nodes do.</summary>
    public required RoleMix Mix { get; init; }

    /// <summary>Whether the coordinator leaves its cores to workers that are on its machine.</summary>
    public required bool SharesMachine { get; init; }

    /// <summary>What a node does, by its number from 1.</summary>
    public IReadOnlyList<Role> RolesOf(int number) => Mix switch
    {
        RoleMix.Experts => [Role.Expert],
        RoleMix.Workers => [Role.Worker],
        RoleMix.Both => [Role.Expert, Role.Worker],
        _ => number % 3 == 2 ? [Role.Worker] : [Role.Expert],
    };

    private string RolesText => Mix switch
    {
        RoleMix.Experts => "all with experts",
        RoleMix.Workers => "all workers",
        RoleMix.Both => "all with experts and workers too",
        _ => "every third a worker",
    };

    /// <summary>The knobs of a seed.</summary>
    public static Knobs Of(int shards, ref CounterRandom random)
    {
        var latency = random.NextBelow(3) switch { 0 => 50, 1 => 500, _ => 5_000 };
        var knobs = new Knobs
        {
            Nodes = LeastNodes,
            Replicas = 1 + random.NextBelow(2),
            CheckpointEvery = 2 + random.NextBelow(5),
            LatencyMicroseconds = latency,
            JitterMicroseconds = random.NextBelow(4) == 0 ? 0 : latency * (1 + random.NextBelow(4)),
            BytesPerSecond = random.NextBelow(4) == 0 ? 2e6 : 1e9,
            MathMicroseconds = random.NextBelow(2) == 0 ? 20 : 200,
            Credit = random.NextBelow(4) == 0 ? 256 : 1 << 20,
            Kept = random.NextBelow(4) switch { 0 => 0, 1 => 300, _ => 1 << 20 },
            ShardsPerNode = random.NextBelow(4) == 0 ? Math.Max(2, (shards + 1) / 2) : 2 * shards,
            Shuffles = random.NextBelow(2) == 0,
            Mix = random.NextBelow(6) switch
            {
                0 => RoleMix.Workers,
                1 => RoleMix.Both,
                2 => RoleMix.Mixed,
                _ => RoleMix.Experts,
            },
            SharesMachine = random.NextBelow(2) == 0,
        };
        return random.NextBelow(3) == 0 ? knobs with { Nodes = LeastNodes + 1 + random.NextBelow(MoreNodes) } : knobs;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Nodes} nodes ({RolesText}), {Replicas} replicas, checkpoint every {CheckpointEvery} steps, "
        + $"latency {LatencyMicroseconds} us + up to {JitterMicroseconds} us, {BytesPerSecond / 1e6:0} MB/s, "
        + $"mathematics {MathMicroseconds} us, credit {Credit} bytes, kept {Kept} bytes, "
        + $"room for {ShardsPerNode} shards, {(Shuffles ? "callbacks in any order" : "callbacks in order")}";
}
