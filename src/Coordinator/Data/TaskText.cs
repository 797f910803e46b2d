namespace MoR.Coordinator.Data;

/// <summary>The text of one file of a task that is plain text.</summary>
public sealed record TaskText(DataSource Source, string Text);
