namespace MoR.Cluster.Errors;

/// <summary>Wrong usage, configuration or input file: found before anything was changed. Exit code 2.</summary>
public sealed class InputException(string subject, string problem, string nextStep, Exception? cause = null)
    : MorException(subject, problem, nextStep, cause)
{
    /// <inheritdoc/>
    public override int ExitCode => 2;
}
