namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>One planned event.</summary>
/// <param name="Step">At this step, or as soon after it as something is sent.</param>
/// <param name="Phase">Where in the step.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Pick">To whom, modulo how many are there.</param>
/// <param name="Lasts">How long, where it ends by itself.</param>
internal sealed record ChaosFault(long Step, ChaosPhase Phase, ChaosKind Kind, int Pick, TimeSpan Lasts)
{
    /// <summary>Whether it counts as a fault.</summary>
    public bool Counts => Kind is not (ChaosKind.Delay or ChaosKind.Join);

    /// <summary>Whether it is time for it.</summary>
    public bool IsDue(long step, ChaosPhase phase) => step > Step || (step == Step && phase >= Phase);
}
