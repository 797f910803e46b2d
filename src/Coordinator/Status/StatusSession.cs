using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Status;

/// <summary><c>mor status</c>: reads what runs wrote of themselves, and whose locks are held.</summary>
internal sealed class StatusSession(StatusOptions options, ITerminal terminal, IDisk disk, TimeProvider time)
{
    private const string DefaultFolder = "runs";
    private const double MostSeconds = 1e9; // beyond what anybody waits for
    private static readonly string[] Headers = ["run", "state", "step", "loss", "tokens/s", "nodes", "left"];

    /// <summary>Runs the command.</summary>
    public CommandOutcome Run()
    {
        var path = Path.GetFullPath(options.Run ?? DefaultFolder);
        if (!disk.FolderExists(path))
        {
            throw new InputException(
                path, "there is no such folder", options.Run is null
                    ? "Begin with 'mor train', or give the folder of a run."
                    : "Give the folder of a run, or a folder of runs.");
        }

        if (RunFolder.IsRun(disk, path))
        {
            var summary = RunSummary.Of(disk, path);
            terminal.Result(Describe(summary));
            return CommandOutcome.Done(Json(summary));
        }

        var runs = Find(path).Select(run => RunSummary.Of(disk, run)).ToArray();
        if (runs.Length == 0)
        {
            throw new InputException(path, "it is no run, and holds none", "Give the folder of a run, or a folder of runs.");
        }

        terminal.Table("", Headers, runs.Select(run => Row(path, run)));
        return CommandOutcome.Done(new JsonObject { ["runs"] = new JsonArray([.. runs.Select(run => (JsonNode)Json(run))]) });
    }

    /// <summary>The runs in a folder, those of comparisons in it among them.</summary>
    private IEnumerable<string> Find(string folder, int depth = 2) => disk.List(folder)
        .Select(name => Path.Combine(folder, name))
        .Where(disk.FolderExists)
        .SelectMany(path => RunFolder.IsRun(disk, path) ? [path] : depth > 1 ? Find(path, depth - 1) : []);

    private static string[] Row(string folder, RunSummary run) =>
    [
        Path.GetRelativePath(folder, run.Location),
        run.State,
        Step(run),
        Number(run.Status?.Loss, "F4"),
        Number(run.Status?.TokensPerSecond, "F0"),
        run is { IsLive: true, Status.Cluster: { } cluster } ? $"{cluster.Nodes.Count}" : "",
        run.IsLive ? Duration(run.Status?.SecondsLeft) : "",
    ];

    private string Describe(RunSummary run)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Lines(run))
        {
            text.Append(name.PadRight(12)).Append(value).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private IEnumerable<(string Name, string Value)> Lines(RunSummary run)
    {
        var status = run.Status;
        yield return ("run", run.Location);
        yield return ("state", run.State + (run.Holder is { } holder ? $", by {holder}" : ""));
        if (status is null)
        {
            yield return ("", $"it has no {RunStatus.FileName} that can be read; log.txt and metrics.jsonl have what it did");
        }
        else
        {
            var speed = status.TokensPerSecond is { } rate ? $", {rate:F0} tokens/s" : "";
            var loss = status.Loss is { } value ? $", loss {value:F4}" : "";
            var left = run.IsLive && status.SecondsLeft is not null ? $", {Duration(status.SecondsLeft)} left" : "";
            yield return ("step", $"{status.Step} of {status.Steps}{loss}{speed}{left}");
            foreach (var line in ClusterLines(run))
            {
                yield return line;
            }

            yield return ("written", $"{Duration((time.GetUtcNow() - status.Written).TotalSeconds)} ago");
        }

        if (status?.Problem is { } problem)
        {
            yield return ("problem", problem);
        }

        yield return ("checkpoint", run.Checkpoint is { } step ? $"step {step}" : "none yet");
        if (run.GoOn is { } command)
        {
            yield return ("go on with", command);
        }
    }

    private static IEnumerable<(string Name, string Value)> ClusterLines(RunSummary run)
    {
        if (run.Status?.Cluster is not { } cluster)
        {
            yield break;
        }

        if (run.IsLive)
        {
            yield return ("nodes", $"{cluster.Nodes.Count} at {cluster.Listening}");
            foreach (var node in cluster.Nodes)
            {
                yield return ("", $"{node.Peer}: {Duties(node)}{(node.Leaves ? ", leaves" : "")}");
            }
        }

        yield return ("", $"{cluster.Joined} joined, {cluster.Lost} lost; {cluster.Retries} requests sent again, {cluster.Hedges} hedged, "
            + $"{cluster.Moves} shards moved");
    }

    private static string Duties(NodeStatus node)
    {
        var shards = node.Shards.Count > 0 ? $"shards {string.Join(' ', node.Shards)}" : node.IsWorker ? "" : "no shard";
        return !node.IsWorker ? shards : shards.Length > 0 ? $"worker, {shards}" : "worker";
    }

    private static JsonObject Json(RunSummary run)
    {
        var (status, cluster) = (run.Status, run.Status?.Cluster);
        var live = run.IsLive ? cluster : null; // a session that has ended listens no more
        return new JsonObject
        {
            ["run"] = run.Location,
            ["state"] = run.State,
            ["live"] = run.IsLive,
            ["holder"] = run.Holder,
            ["step"] = status?.Step,
            ["steps"] = status?.Steps,
            ["loss"] = status?.Loss,
            ["tokens_per_second"] = status?.TokensPerSecond,
            ["seconds_left"] = run.IsLive ? status?.SecondsLeft : null,
            ["listening"] = live?.Listening,
            ["nodes"] = live is null ? null : new JsonArray([.. live.Nodes.Select(node => (JsonNode)new JsonObject
            {
                ["name"] = node.Name,
                ["peer"] = node.Peer,
                ["shards"] = new JsonArray([.. node.Shards.Select(shard => (JsonNode)shard)]),
                ["worker"] = node.IsWorker,
                ["outstanding_bytes"] = node.OutstandingBytes,
                ["leaves"] = node.Leaves,
            })]),
            ["joined"] = cluster?.Joined,
            ["lost"] = cluster?.Lost,
            ["retries"] = cluster?.Retries,
            ["hedges"] = cluster?.Hedges,
            ["moves"] = cluster?.Moves,
            ["written"] = status?.Written.ToString("O", CultureInfo.InvariantCulture),
            ["checkpoint"] = run.Checkpoint,
            ["problem"] = status?.Problem,
            ["go_on"] = run.GoOn,
        };
    }

    private static string Step(RunSummary run) => run.Status is { } status ? $"{status.Step}/{status.Steps}" : $"{run.Checkpoint}";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Duration(double? seconds)
    {
        if (seconds is not { } value || !double.IsFinite(value))
        {
            return "";
        }

        var whole = TimeSpan.FromSeconds(Math.Round(Math.Clamp(value, 0, MostSeconds)));
        return (whole.Days > 0 ? $"{whole.Days} d " : "") + whole.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
    }
}
