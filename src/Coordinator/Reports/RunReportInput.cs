namespace MoR.Coordinator.Reports;

/// <summary>What a run's report is made of.</summary>
public sealed record RunReportInput
{
    /// <summary>Name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of the router and what matters of its settings, such as "mor, 3 sub-routers, top 2"; null if the run
    /// trained none.</summary>
    public string? Router { get; init; }

    /// <summary>The architecture in a few words; null if the run trained no backbone.</summary>
    public string? Backbone { get; init; }

    /// <summary>Steps that were done, of those planned.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps of the schedule.</summary>
    public required long PlannedSteps { get; init; }

    /// <summary>Mean NLL in nats of one fixed batch before training.</summary>
    public double? LossFirst { get; init; }

    /// <summary>The same batch after training.</summary>
    public double? LossLast { get; init; }

    public double? TokensPerSecond { get; init; }

    /// <summary>Experts, over all sites, that got no row; null without routers.</summary>
    public int? DeadExperts { get; init; }

    public string? AdapterSha256 { get; init; }

    /// <summary>One row per task, in the recipe's order.</summary>
    public IReadOnlyList<TaskResult> Results { get; init; } = [];

    /// <summary>What a reader should know (truncation, dropped items, an early stop), a sentence each.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The resolved recipe.</summary>
    public required string RecipeText { get; init; }

    /// <summary>The lines of <c>metrics.jsonl</c>.</summary>
    public IReadOnlyList<string> MetricLines { get; init; } = [];
}
