namespace MoR.Simulation.StandIn;

/// <summary>A <see cref="Cluster.Protocol.Route"/> as arrays.</summary>
/// <param name="Rows">Its rows among the request's.</param>
/// <param name="Positions">Per assignment, its row in <paramref name="Rows"/>.</param>
/// <param name="Experts">Experts with rows, numbered at their dispatch point.</param>
/// <param name="Counts">Assignments of each.</param>
/// <param name="Gates">Of each assignment.</param>
internal sealed record StandInRoute(int[] Rows, int[] Positions, int[] Experts, int[] Counts, float[] Gates);
