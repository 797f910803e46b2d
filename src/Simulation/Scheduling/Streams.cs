namespace MoR.Simulation.Scheduling;

/// <summary>What a seed's random streams are for: a draw in one never moves another.</summary>
internal static class Streams
{
    public const ulong Turns = 1;
    public const ulong World = 2;
    public const ulong Network = 3;
    public const ulong Nonces = 4;
    public const ulong Mathematics = 5;
    public const ulong Faults = 6;
    public const ulong Values = 7;
}
