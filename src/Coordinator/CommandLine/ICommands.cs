namespace MoR.Coordinator.CommandLine;

/// <summary>
/// What the commands do. Each speaks to people through the terminal, and returns its exit code and what <c>--json</c>
/// prints; errors are thrown. The token is cancelled by the first stop signal.
/// </summary>
public interface ICommands
{
    /// <summary>Trains from a recipe, or goes on with a run; an interrupt saves and ends with exit code 3.</summary>
    Task<CommandOutcome> TrainAsync(TrainOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Trains a backbone from scratch, or goes on with that; an interrupt saves and ends with exit code 3.</summary>
    Task<CommandOutcome> PretrainAsync(RunOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Makes the runs of a plan that are not there yet and compares all; an interrupt ends with exit code 3.</summary>
    Task<CommandOutcome> CompareAsync(CompareOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Holds experts for a coordinator until the run ends.</summary>
    Task<CommandOutcome> ExpertAsync(ExpertOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Makes a private authority, certificates and a join token.</summary>
    CommandOutcome Cert(CertOptions options, ITerminal terminal);

    /// <summary>Tells what runs there are and what they do.</summary>
    CommandOutcome Status(StatusOptions options, ITerminal terminal);

    /// <summary>Measures accuracy on tasks, or the mean next-token NLL of a text.</summary>
    Task<CommandOutcome> EvaluateAsync(EvaluateOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Continues a prompt.</summary>
    Task<CommandOutcome> GenerateAsync(GenerateOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Writes a run's adapter as a folder that other programs read.</summary>
    CommandOutcome Export(ExportOptions options, ITerminal terminal);

    /// <summary>Writes another program's adapter as such a folder.</summary>
    CommandOutcome Import(ImportOptions options, ITerminal terminal);

    /// <summary>Tries clusters through faults.</summary>
    Task<CommandOutcome> SimulateAsync(SimulateOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Measures beside baselines.</summary>
    Task<CommandOutcome> BenchAsync(BenchOptions options, ITerminal terminal, CancellationToken cancel);

    /// <summary>Predicts speed, traffic and memory on nodes.</summary>
    Task<CommandOutcome> PlanAsync(PlanOptions options, ITerminal terminal, CancellationToken cancel);
}
