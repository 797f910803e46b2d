using MoR.Cluster.Disk;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Status;

/// <summary>A run as seen from outside: what it wrote last, and whether somebody trains it.</summary>
/// <param name="Location">Its folder.</param>
/// <param name="Holder">Who trains it now; null for nobody.</param>
/// <param name="Status">What it wrote last; null for a run of a version that wrote nothing.</param>
/// <param name="Checkpoint">Step of its last checkpoint; null for none.</param>
internal sealed record RunSummary(string Location, string? Holder, RunStatus? Status, long? Checkpoint)
{
    /// <summary>Looks at a run's folder, without disturbing who trains it.</summary>
    public static RunSummary Of(IDisk disk, string path)
    {
        using var folder = RunFolder.OpenForReading(disk, path);
        // First, so that a session that ends meanwhile is not taken for one that died.
        var holder = folder.Holder();
        var steps = folder.Checkpoints.Steps();
        return new RunSummary(folder.Location, holder, folder.ReadStatus(), steps.Count > 0 ? steps[^1] : null);
    }

    /// <summary>Whether somebody trains it now.</summary>
    public bool IsLive => Holder is not null;

    /// <summary>One word: what it does, or how it ended. A session that nobody holds and that did not say how it ended died.</summary>
    public string State => (IsLive, Status) switch
    {
        (true, null or { HasEnded: true }) => "in use",
        (false, null) => "unknown",
        (false, { HasEnded: false }) => "died",
        (_, { } status) => status.State.ToString().ToLowerInvariant(),
    };

    /// <summary>The command that goes on with it; null where nothing is left, or somebody does.</summary>
    public string? GoOn => IsLive || Status is null or { State: RunState.Complete }
        ? null
        : $"{LauncherCall.Mor} {Status.Command} --resume {LauncherCall.Word(Location)} {Status.Arguments}".TrimEnd();
}
