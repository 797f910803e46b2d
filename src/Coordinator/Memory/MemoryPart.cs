namespace MoR.Coordinator.Memory;

/// <summary>A part of what a command needs.</summary>
/// <param name="What">What it is, as messages name it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Remedy">What makes it smaller, as a command to the user; empty if nothing does.</param>
public sealed record MemoryPart(string What, long Bytes, string Remedy = "");
