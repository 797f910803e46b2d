namespace MoR.Coordinator.Data;

/// <summary>A line of a text file without its line end; <paramref name="Number"/> counts from 1.</summary>
public readonly record struct TextLine(int Number, string Text);
