using System.Text.Json.Nodes;

namespace MoR.EndToEnd.Tests.Processes;

/// <summary>Looks into a run's folder, while the program may be writing it.</summary>
internal static class RunFiles
{
    /// <summary>Whole lines of <c>metrics.jsonl</c>; 0 if there is none yet.</summary>
    public static int MetricLines(string run) => Text(run).Count(c => c == '\n');

    /// <summary>The lines of <c>metrics.jsonl</c>.</summary>
    public static JsonObject[] Metrics(string run) =>
    [
        .. Text(run).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject()),
    ];

    /// <summary>The steps that <c>metrics.jsonl</c> reports, evaluations aside, in the file's order.</summary>
    public static long[] Steps(string run) =>
        [.. Metrics(run).Where(line => !line.ContainsKey("evaluation")).Select(line => (long)line["step"]!)];

    /// <summary>The last step that <c>metrics.jsonl</c> reports; 0 if there is none yet.</summary>
    public static long LastStep(string run) => Text(run).Split('\n')[..^1]
        .Select(line => JsonNode.Parse(line)!.AsObject())
        .Where(line => !line.ContainsKey("evaluation"))
        .Select(line => (long)line["step"]!)
        .LastOrDefault();

    /// <summary>The steps that have a checkpoint, as their folders' names.</summary>
    public static string[] Checkpoints(string run) =>
    [
        .. Directory.GetFileSystemEntries(Path.Combine(run, "checkpoints"))
            .Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The log so far.</summary>
    public static string Log(string run) => Text(run, "log.txt");

    /// <summary>Where the run's last session listens for nodes, by the log; empty if it never did.</summary>
    public static string Listening(string run) => Log(run).Split("listening on ")[1..].LastOrDefault("").Split('"', '\n')[0].Trim();

    private static string Text(string run, string name = "metrics.jsonl")
    {
        var path = Path.Combine(run, name);
        if (!File.Exists(path))
        {
            return "";
        }

        const FileShare Everything = FileShare.ReadWrite | FileShare.Delete;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, Everything));
        return reader.ReadToEnd();
    }
}
