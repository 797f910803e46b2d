namespace MoR.Cluster.Errors;

/// <summary>A failure while running (a full disk, a lost peer); what was saved before stays good. Exit code 1.</summary>
public class RunException(string subject, string problem, string nextStep, Exception? cause = null)
    : MorException(subject, problem, nextStep, cause)
{
    /// <inheritdoc/>
    public override int ExitCode => 1;
}
