using MoR.Cluster.Links;
using MoR.Cluster.Membership;

namespace MoR.Coordinator.Cluster;

/// <summary>A node and the link to it.</summary>
internal sealed record NodeLink(Node Node, Link Link);
