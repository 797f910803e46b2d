namespace MoR.Coordinator.Reports;

/// <summary>One step's line of <c>metrics.jsonl</c>; NaN where a number is missing or not finite.</summary>
internal sealed record StepMetrics
{
    public required long Step { get; init; }

    /// <summary>Nats per supervised token.</summary>
    public required double Loss { get; init; }

    public required double LearningRate { get; init; }

    public required double GradientNorm { get; init; }

    public required bool IsSkipped { get; init; }

    /// <summary>Wall time.</summary>
    public required double Seconds { get; init; }

    public required double TokensPerSecond { get; init; }

    /// <summary>Standard deviation of the experts' loads over their mean.</summary>
    public required double LoadVariation { get; init; }

    /// <summary>Auxiliary losses by name.</summary>
    public required IReadOnlyDictionary<string, double> Auxiliary { get; init; }

    /// <summary>Rows sent to each expert, by router site, in the order of the line.</summary>
    public required IReadOnlyList<KeyValuePair<string, double[]>> Load { get; init; }
}
