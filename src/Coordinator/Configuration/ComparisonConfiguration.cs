using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>One of the things that a plan compares: a name, and what it changes in the recipe.</summary>
/// <param name="Name">Lower-case name, part of the run folders' names.</param>
/// <param name="Place">Where it is written.</param>
/// <param name="Values">The recipe keys that it sets.</param>
public sealed record ComparisonConfiguration(string Name, Place Place, ItemList<GivenValue> Values);
