using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Engine;

/// <summary>The expert link of a model that has none: nobody asks, and nothing is published.</summary>
public sealed class NoExperts : IExpertLink
{
    /// <inheritdoc/>
    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel) => throw Asked();

    /// <inheritdoc/>
    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel) => throw Asked();

    /// <inheritdoc/>
    public Task PublishAsync(long version, CancellationToken cancel) => Task.CompletedTask;

    private static InvalidOperationException Asked() => new("experts are asked of a model that has none");
}
