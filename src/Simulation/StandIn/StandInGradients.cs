namespace MoR.Simulation.StandIn;

/// <summary>What a shard's backward gives.</summary>
/// <param name="Rows">∂L/∂x, [N, W].</param>
/// <param name="Gates">∂L/∂gate of each assignment.</param>
/// <param name="A">∂L/∂A of each expert of the route, [W].</param>
/// <param name="B">∂L/∂B likewise.</param>
internal sealed record StandInGradients(float[] Rows, float[] Gates, float[][] A, float[][] B);
