namespace MoR.Cluster.Errors;

/// <summary>Shards have had no node for longer than a run waits for one. Exit code 1.</summary>
public sealed class ShardsLostException(IReadOnlyList<int> shards, string subject, string problem, string nextStep)
    : RunException(subject, problem, nextStep)
{
    /// <summary>The shards, ascending.</summary>
    public IReadOnlyList<int> Shards => shards;
}
