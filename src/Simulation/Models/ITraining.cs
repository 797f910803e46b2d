using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Runs;
using MoR.Engine;

namespace MoR.Simulation.Models;

/// <summary>A coordinator's state, and how it changes.</summary>
internal interface ITraining : IDisposable
{
    /// <summary>The last committed step.</summary>
    long Version { get; }

    /// <summary>How often a step's effect was applied, counted by the state itself: the undisturbed run is made by the same engine, and
    /// would have the same mistake.</summary>
    long Updates { get; }

    /// <summary>Everything that a step changes, as a number.</summary>
    ulong Hash { get; }

    /// <summary>Requests as messages.</summary>
    IExpertCodec Codec { get; }

    /// <summary>Micro-batches as messages to workers.</summary>
    IMicroBatchMessages MicroBatches { get; }

    /// <summary>Where tensors are received.</summary>
    IWireMemory Memory { get; }

    /// <summary>The parameters of the state as it is.</summary>
    PublishedParameters Parameters(long epoch, long version);

    /// <summary>The experts in this process.</summary>
    IExpertLink InProcess();

    /// <summary>Prepares steps with the production engine.</summary>
    /// <param name="math">Where mathematics runs.</param>
    /// <param name="experts">The way to the experts.</param>
    /// <param name="fatal">Ends the process.</param>
    /// <param name="epoch">Of the coordinator.</param>
    /// <param name="trainer">Who trains micro-batches.</param>
    /// <returns>Makes the next step; its loss.</returns>
    Func<CancellationToken, Task<double>> Engine(
        IMathExecutor math, IExpertLink experts, IFatalExit fatal, long epoch, IMicroBatchTrainer trainer);

    /// <summary>The files of a checkpoint.</summary>
    IReadOnlyList<CheckpointFile> Files();

    /// <summary>Takes up a checkpoint.</summary>
    void Restore(Checkpoint checkpoint);
}
