using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Simulation.Models;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.StandIn;

/// <summary>The stand-in as a world's model.</summary>
internal sealed class StandInModel(StandInShape shape) : IWorldModel
{
    /// <inheritdoc/>
    public int Steps => shape.Steps;

    /// <inheritdoc/>
    public int Window => shape.Window;

    /// <inheritdoc/>
    public int Shards => shape.Shards;

    /// <inheritdoc/>
    public IReadOnlyList<long> ShardBytes { get; } = [.. Enumerable.Repeat((long)shape.ShardLength * sizeof(float), shape.Shards)];

    /// <inheritdoc/>
    public AdapterShape Adapter { get; } = new();

    /// <inheritdoc/>
    public Replica Replica { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Undisturbed { get; } = UndisturbedRun.Hashes(
        new StandInTraining(shape, new CountedMemory()), shape.Steps);

    /// <inheritdoc/>
    public ITraining Open(ProcessParts machine) => new StandInTraining(shape, machine.Memory);

    /// <inheritdoc/>
    public INodeMath NodeMath(ProcessParts machine, Machine kind, Action paddingSeen, Func<bool> fails) =>
        new StandInNodeMath(shape, kind, machine.Executor, machine.Memory, paddingSeen, fails);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{shape.Steps} steps of {shape.MicroBatches} micro-batches (window {shape.Window}), {shape.Shards} shards, "
        + $"{shape.Points} dispatch points, top-{shape.TopK} of {shape.Experts} experts";
}
