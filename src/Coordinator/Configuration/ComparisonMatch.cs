namespace MoR.Coordinator.Configuration;

/// <summary>Equal trainable parameters: all other configurations get the ranks that come nearest.</summary>
/// <param name="Configuration">The configuration whose parameters are the budget.</param>
/// <param name="Tolerance">The most that another may be off, as a fraction of the budget.</param>
public sealed record ComparisonMatch(string Configuration, double Tolerance);
