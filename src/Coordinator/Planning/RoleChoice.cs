namespace MoR.Coordinator.Planning;

/// <summary>What was chosen, and why, for people.</summary>
internal sealed record RoleChoice(Forecast Forecast, string Reason);
