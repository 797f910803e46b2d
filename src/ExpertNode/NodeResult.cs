namespace MoR.ExpertNode;

/// <summary>How a node ended.</summary>
/// <param name="ExitCode">0: the run ended, or the node left; 1: its mathematics failed; 2: the coordinator refused it, or it cannot
/// compute this run; <see cref="CoordinatorLost"/>.</param>
/// <param name="Reason">Why, without a final period.</param>
/// <param name="NextStep">What to do, a full sentence; empty where there is nothing to do.</param>
public sealed record NodeResult(int ExitCode, string Reason, string NextStep)
{
    /// <summary>The exit code of a node that lost its coordinator, or never found it, and looked for it in vain: whoever supervises
    /// nodes can tell by it that the node itself is well.</summary>
    public const int CoordinatorLost = 4;
}
