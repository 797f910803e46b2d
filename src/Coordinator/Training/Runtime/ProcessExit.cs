using MoR.Cluster.Seams;

namespace MoR.Coordinator.Training.Runtime;

/// <summary>Ends this process without running anything that could save a state that is not trusted.</summary>
public sealed class ProcessExit : IFatalExit
{
    /// <inheritdoc/>
    public void Die(string reason, Exception cause)
    {
        Console.Error.WriteLine($"fatal: {reason} ({cause.Message}). Resume from the last checkpoint with --resume.");
        Environment.Exit(1);
    }
}
