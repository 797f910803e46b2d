using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Simulation.Models;

namespace MoR.Simulation.StandIn;

/// <summary>A coordinator's training of the stand-in.</summary>
internal sealed class StandInTraining(StandInShape shape, CountedMemory memory) : ITraining
{
    private const string StateName = "state.bin";

    /// <summary>Everything that a step changes.</summary>
    public StandInState State { get; } = new(shape);

    /// <inheritdoc/>
    public long Version => State.Version;

    /// <inheritdoc/>
    public long Updates => State.Updates;

    /// <inheritdoc/>
    public ulong Hash => State.Hash();

    /// <inheritdoc/>
    public IExpertCodec Codec { get; } = new StandInCodec(memory);

    /// <inheritdoc/>
    public IWireMemory Memory => memory;

    /// <inheritdoc/>
    public PublishedParameters Parameters(long epoch, long version) => new(new WireMessage(
        new Envelope { PublishModel = new PublishModel { Epoch = epoch, Version = version, State = { "biases" } } },
        [.. State.ToTensors(memory)]));

    /// <inheritdoc/>
    public IMicroBatchMessages MicroBatches { get; } = new StandInMessages(shape, memory);

    /// <inheritdoc/>
    public IExpertLink InProcess() => new StandInLink(shape, State);

    /// <inheritdoc/>
    public Func<CancellationToken, Task<double>> Engine(
        IMathExecutor math, IExpertLink experts, IFatalExit fatal, long epoch, IMicroBatchTrainer trainer)
    {
        var engine = new StepEngine<StandInReport>(math, experts, State, fatal, shape.Window, trainer);
        return async stop =>
        {
            var step = State.Version + 1;
            return (await engine.RunAsync(step, StandInWork.Of(shape, State, epoch, step), stop)).Loss;
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointFile> Files() => [new(StateName, stream => stream.Write(State.ToBytes()))];

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint) => State.Restore(checkpoint.Read(StateName));

    /// <inheritdoc/>
    public void Dispose()
    {
        // Arrays only.
    }
}
