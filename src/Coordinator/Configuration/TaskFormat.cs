namespace MoR.Coordinator.Configuration;

/// <summary>How the items of a task's files are stored.</summary>
public enum TaskFormat
{
    /// <summary>One item per line, cells separated by one tab, no quote handling.</summary>
    Tsv,

    /// <summary>One array of objects.</summary>
    Json,

    /// <summary>One object per line.</summary>
    Jsonl,
}
