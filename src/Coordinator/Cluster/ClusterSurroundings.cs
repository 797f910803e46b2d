using System.Security.Cryptography;
using MoR.Cluster.Transport;

namespace MoR.Coordinator.Cluster;

/// <summary>What is around a coordinator: the real network and processes, or those of a simulation.</summary>
/// <param name="Transport">The network, under TLS with the certificates of a folder where one is given.</param>
/// <param name="Starter">Starts nodes on this machine.</param>
/// <param name="Random">Nonces and tokens, never anything that training depends on.</param>
public sealed record ClusterSurroundings(Func<string?, ITransport> Transport, INodeStarter Starter, RandomNumberGenerator Random);
