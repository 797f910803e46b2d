using System.Text.Json.Nodes;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>What one part of the benchmark found.</summary>
/// <param name="Figures">What has a limit.</param>
/// <param name="Facts">What the figures are made of, by the part's name.</param>
internal sealed record Part(IReadOnlyList<Figure> Figures, JsonObject Facts);
