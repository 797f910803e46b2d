namespace MoR.Simulation.Faults;

/// <summary>Something that goes wrong in a world.</summary>
/// <param name="Kind">What.</param>
/// <param name="Step">During which step.</param>
/// <param name="Place">How far into it, as a fraction of the callbacks that the step before had.</param>
/// <param name="Target">Which node, from 0.</param>
/// <param name="Lasts">How long.</param>
/// <param name="Choice">Decides what the kind leaves open.</param>
internal sealed record Fault(FaultKind Kind, long Step, double Place, int Target, TimeSpan Lasts, uint Choice)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind} in step {Step} at {Place:0.000}, node {Target + 1}, {Lasts.TotalSeconds:0.###} s, choice {Choice % 1000}";
}
