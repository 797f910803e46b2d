namespace MoR.Coordinator.Planning;

/// <summary>Something to change.</summary>
/// <param name="What">As a command to the user.</param>
/// <param name="After">What is predicted then.</param>
/// <param name="Speedup">How many times as fast that is.</param>
internal sealed record Change(string What, Forecast After, double Speedup = 1);
