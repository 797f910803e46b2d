namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>When and on how much the next-token NLL is measured.</summary>
public sealed record PretrainingEvaluation
{
    /// <summary>Steps between evaluations; 0 means only before and after training.</summary>
    public required int EverySteps { get; init; }

    /// <summary>Validation sequences, divided among the sources as training is; 0 is no evaluation.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>Evaluations without improvement after which training stops; 0 switches early stopping off.</summary>
    public required int EarlyStopPatience { get; init; }
}
