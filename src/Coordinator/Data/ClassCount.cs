namespace MoR.Coordinator.Data;

/// <summary>How many items have a label. For choices that differ from item to item, a class is a position.</summary>
public sealed record ClassCount(string Name, int Count);
