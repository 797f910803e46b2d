namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>What a step sends and receives.</summary>
/// <param name="BytesOut">Bytes to nodes, everything counted.</param>
/// <param name="BytesIn">Bytes from nodes.</param>
/// <param name="MessagesOut">Requests.</param>
/// <param name="MessagesIn">Answers.</param>
internal sealed record StepTraffic(long BytesOut, long BytesIn, int MessagesOut, int MessagesIn);
