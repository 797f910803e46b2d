namespace MoR.Simulation.StandIn;

/// <summary>What a committed step says of itself.</summary>
/// <param name="Step">The step.</param>
/// <param name="Loss">Mean over micro-batches.</param>
/// <param name="IsSkipped">Whether its gradient was not finite.</param>
/// <param name="Hash">Of the state after it.</param>
internal sealed record StandInReport(long Step, double Loss, bool IsSkipped, ulong Hash);
