namespace MoR.Simulation.StandIn;

/// <summary>A row goes to an expert.</summary>
internal readonly record struct StandInChoice(int Row, int Expert, float Gate);
