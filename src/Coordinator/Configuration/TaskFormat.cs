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

    /// <summary>One object whose members are the items, each an object; the members' names are not read.</summary>
    JsonObject,

    /// <summary>Plain text without items: every token is to be predicted.</summary>
    Text,
}
