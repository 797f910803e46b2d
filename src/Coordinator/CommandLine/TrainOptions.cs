using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor train</c>.</summary>
public sealed record TrainOptions : RunOptions
{
    public TrainOptions()
    {
    }

    /// <summary>With what every run has.</summary>
    public TrainOptions(RunOptions run)
        : base(run)
    {
    }

    /// <summary>No evaluation at all.</summary>
    public bool NoEval { get; init; }

    /// <summary>The nodes that hold the experts; null for none, where this process holds them.</summary>
    public ClusterPlan? Cluster { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> ArgumentsOfResume()
    {
        foreach (var argument in base.ArgumentsOfResume())
        {
            yield return argument;
        }

        if (NoEval)
        {
            yield return "--no-eval";
        }

        if (Cluster?.ToArguments() is { } nodes)
        {
            yield return nodes;
        }
    }
}
