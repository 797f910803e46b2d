namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>Where in a step: before what the coordinator sends.</summary>
internal enum ChaosPhase
{
    /// <summary>The parameters that the step begins with.</summary>
    Publish,

    /// <summary>A forward request, or a whole micro-batch.</summary>
    Forward,

    /// <summary>A backward request.</summary>
    Backward,
}
