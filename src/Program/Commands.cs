using System.Security.Cryptography;
using MoR.Cluster.Disk;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Seams;
using MoR.Cluster.Transport.Runtime;
using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Certificates;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Cluster.Runtime;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Comparison;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Export;
using MoR.Coordinator.Generation;
using MoR.Coordinator.Planning;
using MoR.Coordinator.Planning.Measurement;
using MoR.Coordinator.Pretraining;
using MoR.Coordinator.Status;
using MoR.Coordinator.Training;
using MoR.Program.Runtime;
using MoR.Simulation.Command;

namespace MoR.Program;

/// <summary>The commands on the real clock.</summary>
public sealed class Commands : ICommands
{
    private readonly IDisk _disk;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly IFatalExit _fatal = new ProcessExit();
    private readonly Func<MemoryFacts> _memory;
    private readonly ClusterSurroundings _around = new(Network, new NodeProcesses(), RandomNumberGenerator.Create());

    public Commands()
        : this(MachineProbe.ReadMemory)
    {
    }

    /// <param name="memory">Tells the memory of the machine that commands have to fit into.</param>
    /// <param name="disk">Where runs are; the machine's unless given.</param>
    public Commands(Func<MemoryFacts> memory, IDisk? disk = null) => (_memory, _disk) = (memory, disk ?? new PhysicalDisk());

    /// <inheritdoc/>
    public Task<CommandOutcome> TrainAsync(TrainOptions options, ITerminal terminal, CancellationToken cancel) =>
        new TrainingSession(options, terminal, _disk, _time, _fatal, _memory, _around).RunAsync(cancel);

    /// <inheritdoc/>
    public Task<CommandOutcome> ExpertAsync(ExpertOptions options, ITerminal terminal, CancellationToken cancel) =>
        new ExpertSession(options, terminal, _disk, _time, _memory, _around).RunAsync(cancel);

    /// <inheritdoc/>
    public CommandOutcome Cert(CertOptions options, ITerminal terminal) =>
        new CertSession(options, terminal, _disk, _time, _around.Random).Run();

    /// <inheritdoc/>
    public CommandOutcome Status(StatusOptions options, ITerminal terminal) =>
        new StatusSession(options, terminal, _disk, _time).Run();

    /// <inheritdoc/>
    public Task<CommandOutcome> PretrainAsync(RunOptions options, ITerminal terminal, CancellationToken cancel) =>
        new PretrainingSession(options, terminal, _disk, _time, _fatal, _memory).RunAsync(cancel);

    /// <inheritdoc/>
    public Task<CommandOutcome> CompareAsync(CompareOptions options, ITerminal terminal, CancellationToken cancel) =>
        new ComparisonSession(options, terminal, _disk, _time, _fatal, _memory, _around).RunAsync(cancel);

    /// <inheritdoc/>
    public Task<CommandOutcome> EvaluateAsync(EvaluateOptions options, ITerminal terminal, CancellationToken cancel) =>
        new EvaluationSession(options, terminal, _disk, _memory).RunAsync(cancel);

    /// <inheritdoc/>
    public Task<CommandOutcome> GenerateAsync(GenerateOptions options, ITerminal terminal, CancellationToken cancel) =>
        new GenerationSession(options, terminal, _disk, _memory).RunAsync(cancel);

    /// <inheritdoc/>
    public CommandOutcome Export(ExportOptions options, ITerminal terminal) =>
        new ExportSession(options, terminal, _disk).Run();

    /// <inheritdoc/>
    public CommandOutcome Import(ImportOptions options, ITerminal terminal) =>
        new ImportSession(options, terminal, _disk).Run();

    /// <inheritdoc/>
    public Task<CommandOutcome> SimulateAsync(SimulateOptions options, ITerminal terminal, CancellationToken cancel) =>
        options.IsCost
            ? PlanAsync(new PlanOptions { Recipe = options.Scenario ?? new PlanOptions().Recipe }, terminal, cancel)
            : Task.FromResult(new SimulationSession(options, terminal, _time).Run(cancel));

    /// <inheritdoc/>
    public Task<CommandOutcome> BenchAsync(BenchOptions options, ITerminal terminal, CancellationToken cancel) =>
        options.IsPeer
            ? new BenchmarkPeer(_around, _time).RunAsync(cancel)
            : new BenchmarkSession(options, terminal, _time, _fatal, new TrainedSteps(TrainAsync), _memory, _around).RunAsync(cancel);

    /// <inheritdoc/>
    public Task<CommandOutcome> PlanAsync(PlanOptions options, ITerminal terminal, CancellationToken cancel) => new PlanSession(
        options, terminal, _disk, _memory, MachineSpeedFile.FolderOf(Environment.GetEnvironmentVariable),
        new SpeedMeasurement(new TrainedSteps(TrainAsync), _time, _fatal)).RunAsync(cancel);

    private static TcpTransport Network(string? tlsFolder) => new(tlsFolder is null ? null : TlsFolder.Open(tlsFolder));
}
