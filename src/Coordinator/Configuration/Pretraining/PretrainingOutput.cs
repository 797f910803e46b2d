namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>What the trained backbone is stored as.</summary>
public sealed record PretrainingOutput
{
    public required OutputDtype Dtype { get; init; }
}
