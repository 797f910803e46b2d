using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Coordinator.Cluster;

/// <summary>Experts on nodes, once there are nodes that hold shards, and the same parameters in this process: for what is not training,
/// and for runs whose nodes are all workers.</summary>
/// <param name="nodes">The way to the nodes.</param>
/// <param name="here">The experts in this process.</param>
/// <param name="areOnNodes">Whether a node that holds shards has joined.</param>
/// <param name="ready">Waits for nodes that are not ready to work yet; asked once, when they have been sent what that takes.</param>
internal sealed class PlacedExperts(
    IExpertLink nodes, IExpertLink here, Func<bool> areOnNodes, Func<CancellationToken, Task> ready) : IExpertLink
{
    private bool _hasPublished;

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
        if (!_hasPublished)
        {
            await ready(cancel);
            _hasPublished = true;
        }
    }
}
