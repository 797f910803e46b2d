using MoR.Cluster.Seams;

namespace MoR.Program.Runtime;

/// <summary>Ends this process at once, so that nothing can save a state that is not trusted.</summary>
public sealed class ProcessExit : IFatalExit
{
    /// <inheritdoc/>
    public void Die(string reason, Exception cause)
    {
        Console.Error.WriteLine($"fatal: {reason} ({cause.Message}). Resume from the last checkpoint with --resume.");
        ProcessEnd.Now(1);
    }
}
