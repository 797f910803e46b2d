namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor train</c>.</summary>
public sealed record TrainOptions
{
    /// <summary>Recipe file, or the name of one in <c>recipes/</c>; null to list the recipes, or with <see cref="Resume"/>.</summary>
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

    /// <summary>No evaluation at all.</summary>
    public bool NoEval { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";
}
