namespace MoR.Coordinator.Runs;

/// <summary>A node of a run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Peer">Name and address.</param>
/// <param name="Shards">The shards that it holds.</param>
/// <param name="IsWorker">Whether it trains whole micro-batches.</param>
/// <param name="OutstandingBytes">Bytes of requests that it has not answered.</param>
/// <param name="Leaves">Whether it has asked to leave.</param>
public sealed record NodeStatus(string Name, string Peer, IReadOnlyList<int> Shards, bool IsWorker, long OutstandingBytes, bool Leaves);
