using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Coordinator.Cluster;

/// <summary>Experts on nodes, once there are nodes that hold shards, and the same parameters in this process: for what is not training,
/// and for runs whose nodes are all workers.</summary>
/// <param name="nodes">The way to the nodes.</param>
/// <param name="here">The experts in this process.</param>
/// <param name="areOnNodes">Whether a node that holds shards has joined.</param>
internal sealed class PlacedExperts(IExpertLink nodes, IExpertLink here, Func<bool> areOnNodes) : IExpertLink
{
    /// <inheritdoc/>
    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel) =>
        (areOnNodes() ? nodes : here).ForwardAsync(request, cancel);

    /// <inheritdoc/>
    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel) =>
        (areOnNodes() ? nodes : here).BackwardAsync(request, cancel);

    /// <inheritdoc/>
    public async Task PublishAsync(long version, CancellationToken cancel)
    {
        await here.PublishAsync(version, cancel);
        await nodes.PublishAsync(version, cancel);
    }
}
