using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Seams;

/// <summary>The answer to a Backward: what the critical path waits for, and the work left for the rest.</summary>
public interface IBackwardWork : IDisposable
{
    /// <summary>BackwardDone; the caller's.</summary>
    WireMessage Done { get; }

    /// <summary>Computes ParameterGradients, on the executor; at most once.</summary>
    WireMessage Gradients();
}
