using MoR.Engine;

namespace MoR.Simulation.StandIn;

/// <summary>A micro-batch of the stand-in before it is opened.</summary>
internal sealed record StandInWork(StandInShape Shape, StandInState State, long Epoch, long Step, int Position) : IMicroBatchWork
{
    /// <summary>Its input rows, [T, W].</summary>
    public float[] Inputs { get; init; } = Shape.Inputs(Step, Position);

    /// <summary>Those of a step.</summary>
    public static IReadOnlyList<IMicroBatchWork> Of(StandInShape shape, StandInState state, long epoch, long step) =>
        [.. Enumerable.Range(0, shape.MicroBatches).Select(position => new StandInWork(shape, state, epoch, step, position))];

    /// <inheritdoc/>
    public IMicroBatch Open() => new StandInMicroBatch(Shape, State, Epoch, Step, Position, Inputs);
}
