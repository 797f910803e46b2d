using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Seams;

/// <summary>
/// The experts of one shard at one version: every answer is a pure function of parameters and request. Called on the executor, one
/// call at a time; throws whatever is wrong with a request.
/// </summary>
public interface IShardMath : IDisposable
{
    /// <summary>Answers Forward with ForwardDone.</summary>
    WireMessage Forward(WireMessage request);

    /// <summary>Answers Backward. Both messages must stay until the result is disposed of.</summary>
    /// <param name="request">The request.</param>
    /// <param name="forward">What forward carried, where the request does not carry it.</param>
    IBackwardWork Backward(WireMessage request, WireMessage? forward);
}
