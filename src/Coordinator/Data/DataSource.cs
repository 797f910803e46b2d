using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>Where a piece of data came from, for messages: a file and a line of it, counted from 1.</summary>
public readonly record struct DataSource(string File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}, line {Line}";

    /// <summary>An error about this place.</summary>
    public InputException Error(string problem, string nextStep, Exception? cause = null) =>
        new(ToString(), problem, nextStep, cause);
}
