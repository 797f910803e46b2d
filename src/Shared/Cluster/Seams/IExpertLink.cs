using MoR.Cluster.Protocol;

namespace MoR.Cluster.Seams;

/// <summary>
/// The way to the experts, in process or over a network. An implementation may ask several holders of a shard and repeat
/// itself; it returns the first valid reply. It owns deadlines: a returned task always ends.
/// </summary>
public interface IExpertLink
{
    /// <summary>Asks for the Δ rows of one shard. The request stays the caller's.</summary>
    Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel);

    /// <summary>Asks for the gradients of one shard. The request stays the caller's, and must live until
    /// <see cref="BackwardReply.ParameterGradients"/> has ended.</summary>
    Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel);

    /// <summary>Publishes the parameters that the commit of step <paramref name="version"/> made.</summary>
    Task PublishAsync(long version, CancellationToken cancel);
}
