using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>
/// The checkpoints of a run. At every instant of <see cref="Save"/>, whether the process is killed, the power fails
/// or the disk is full, the last good checkpoint can be loaded. Writing needs the run's lock (see
/// <see cref="RunFolder"/>).
/// </summary>
public sealed class CheckpointStore
{
    /// <summary>The folder of checkpoints in a run's folder.</summary>
    public const string FolderName = "checkpoints";

    /// <summary>The link in a run's folder to the checkpoint to use.</summary>
    public const string AdapterName = "adapter";

    private readonly IDisk disk;
    private readonly string run;
    private readonly string root;
    private readonly CheckpointWriter writer;
    private readonly SortedSet<long> verified = [];

    /// <summary>The checkpoints in a run's folder; nothing is read or changed yet.</summary>
    public CheckpointStore(IDisk disk, string runFolder)
    {
        this.disk = disk;
        run = runFolder;
        root = Path.Combine(runFolder, FolderName);
        writer = new CheckpointWriter(disk, root, Verify);
    }

    /// <summary>The steps that have a checkpoint, good or not, in ascending order.</summary>
    public IReadOnlyList<long> Steps()
    {
        if (!disk.FolderExists(root))
        {
            return [];
        }

        return [.. disk.List(root).Select(CheckpointNames.StepOf).OfType<long>().Order()];
    }

    /// <summary>
    /// Saves a checkpoint, replacing one of the same step. On return it is durable, was read back and found equal.
    /// Equal contents give equal bytes.
    /// </summary>
    /// <exception cref="RunException">The disk is full or fails; what was saved before stays good.</exception>
    public Checkpoint Save(long step, IReadOnlyList<CheckpointFile> content)
    {
        verified.Remove(step);
        return writer.Write(step, content);
    }

    /// <summary>Reads a checkpoint whole and compares it with its manifest.</summary>
    /// <exception cref="MorException">It is missing, torn or corrupt; the message names the file.</exception>
    public Checkpoint Verify(long step)
    {
        verified.Remove(step);
        var folder = FolderOf(step);
        var manifest = CheckpointManifest.Read(disk, folder);
        manifest.Check(disk, folder);
        verified.Add(step);
        return new Checkpoint(disk, step, folder, manifest);
    }

    /// <summary>The newest checkpoint that is whole; each newer one that is not is reported.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public Checkpoint LoadLatest(Action<string>? report = null)
    {
        var steps = Steps();
        MorException? newest = null;
        foreach (var step in steps.Reverse())
        {
            try
            {
                return Verify(step);
            }
            catch (MorException damage)
            {
                newest ??= damage;
                report?.Invoke(damage.Message);
            }
        }

        throw new InputException(
            root,
            newest is null
                ? "there is no checkpoint yet"
                : $"none of the {steps.Count} checkpoints is whole ({newest.Message})",
            "Start the run again in a new folder.", newest);
    }

    /// <summary>
    /// The checkpoint that the run offers to others: the one that <c>adapter</c> points to, else the newest.
    /// </summary>
    /// <exception cref="MorException">There is none, or it is not whole.</exception>
    public Checkpoint Offered() => AdapterStep() is { } step ? Verify(step) : LoadLatest();

    /// <summary>Makes the link <c>adapter</c> of the run point to a checkpoint, durably and in one step.</summary>
    /// <exception cref="MorException">There is no good checkpoint of that step, or the disk fails.</exception>
    public void PointAdapterTo(long step)
    {
        if (!verified.Contains(step))
        {
            Verify(step);
        }

        disk.ReplaceLink(Path.Combine(run, AdapterName), $"{FolderName}/{CheckpointNames.Of(step)}");
        disk.FlushFolder(run);
    }

    /// <summary>
    /// The step that the link <c>adapter</c> points to; null where there is no link, or to somewhere else.
    /// </summary>
    public long? AdapterStep()
    {
        var target = disk.ReadLink(Path.Combine(run, AdapterName));
        return target is not null && Path.GetDirectoryName(target) == FolderName
            ? CheckpointNames.StepOf(Path.GetFileName(target))
            : null;
    }

    /// <summary>
    /// Where <c>adapter</c> points to a checkpoint that is not whole any more, points it to another, and reports.
    /// </summary>
    public void RepairAdapter(long goodStep, Action<string>? report = null)
    {
        if (AdapterStep() is { } step && !IsWhole(step))
        {
            PointAdapterTo(goodStep);
            report?.Invoke(
                $"{Path.Combine(run, AdapterName)}: pointed to {CheckpointNames.Of(step)}, which is damaged; "
                + $"it points to {CheckpointNames.Of(goodStep)} now.");
        }
    }

    /// <summary>
    /// Deletes what is older than the newest <paramref name="keepLast"/> good checkpoints, save the steps of
    /// <paramref name="keepAlso"/> and the one that <c>adapter</c> points to. A damaged one does not count as kept.
    /// </summary>
    /// <returns>The steps that were deleted, newest first.</returns>
    public IReadOnlyList<long> Prune(int keepLast, IEnumerable<long>? keepAlso = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        var kept = new SortedSet<long>(keepAlso ?? []);
        if (AdapterStep() is { } adapter)
        {
            kept.Add(adapter);
        }

        var good = 0;
        var old = new List<long>();
        foreach (var step in Steps().Reverse())
        {
            if (good < keepLast)
            {
                good += IsWhole(step) ? 1 : 0;
            }
            else if (!kept.Contains(step))
            {
                old.Add(step);
            }
        }

        verified.ExceptWith(old);
        writer.Delete(old);
        return old;
    }

    /// <summary>
    /// Clears up after a crash: unfinished folders go, and a checkpoint that was set aside comes back unless the one
    /// that replaced it is whole.
    /// </summary>
    public void Recover(Action<string>? report = null) => writer.Recover(report);

    /// <summary>Whether there is a checkpoint of that step and it is whole.</summary>
    public bool IsWhole(long step)
    {
        try
        {
            return verified.Contains(step) || Verify(step) is not null;
        }
        catch (MorException)
        {
            return false;
        }
    }

    private string FolderOf(long step) => Path.Combine(root, CheckpointNames.Of(step));
}
