namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of a command that makes a run from a recipe, or goes on with one.</summary>
public record RunOptions
{
    private const string Cpu = "cpu";

    /// <summary>Recipe file, or the name of a shipped one; null to list the recipes, or with <see cref="Resume"/>.</summary>
    public string? Recipe { get; init; }

    /// <summary>Overrides, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Total number of steps; overrides <c>training.steps</c> and so the schedule.</summary>
    public long? Steps { get; init; }

    /// <summary>Stop (saved) once this step is done, without changing the schedule.</summary>
    public long? StopAfter { get; init; }

    /// <summary>Run folder to create; null for a free <c>runs/{name}</c>.</summary>
    public string? Output { get; init; }

    /// <summary>Run folder to go on with.</summary>
    public string? Resume { get; init; }

    /// <summary>Validate everything, print the plan, change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = Cpu;

    /// <summary>The arguments that <c>--resume</c> needs again to go on as this session does: they are not in the recipe.</summary>
    public virtual IEnumerable<string> ArgumentsOfResume() => Device == Cpu ? [] : [$"--device {Device}"];

    /// <summary>All overrides, <c>--steps</c> among them.</summary>
    public IReadOnlyList<string> Overrides() => Steps is { } steps ? [.. Set, $"training.steps={steps}"] : Set;
}
