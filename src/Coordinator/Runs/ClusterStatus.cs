namespace MoR.Coordinator.Runs;

/// <summary>The nodes of a run and what happened to requests, of one session.</summary>
/// <param name="Listening">Where the coordinator listens.</param>
/// <param name="Nodes">The nodes that are there.</param>
/// <param name="Joined">Nodes that have joined, those that came back once more.</param>
/// <param name="Lost">Nodes that were lost.</param>
/// <param name="Retries">Requests that were sent again.</param>
/// <param name="Hedges">Requests that were sent to a second holder as well.</param>
/// <param name="Moves">Shards that went to another node.</param>
public sealed record ClusterStatus(
    string Listening, IReadOnlyList<NodeStatus> Nodes, long Joined, long Lost, long Retries, long Hedges, long Moves);
