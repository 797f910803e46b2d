using MoR.Coordinator.Cluster;

namespace MoR.Simulation.Worlds;

/// <summary>Nodes are the world's to start.</summary>
internal sealed class NoLocalNodes : INodeStarter
{
    /// <inheritdoc/>
    public ILocalNode Start(LocalNodeOrder order, Action<string> line) =>
        throw new NotSupportedException("The world starts nodes.");
}
