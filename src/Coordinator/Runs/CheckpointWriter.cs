using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>
/// Changes a folder of checkpoints so that every crash leaves the last good one. The order of operations is the whole
/// point: content, then flushes, then one rename, then the flush of the parent, then reading back.
/// </summary>
internal sealed class CheckpointWriter(IDisk disk, string root, Func<long, Checkpoint> verify)
{
    /// <summary>Writes a checkpoint, puts it in its place and reads it back.</summary>
    public Checkpoint Write(long step, IReadOnlyList<CheckpointFile> content)
    {
        CheckNames(content);
        ResolveAside(step);
        var temporary = TemporaryOf(step);
        disk.DeleteFolder(temporary);
        try
        {
            disk.CreateFolder(temporary);
            var manifest = CheckpointManifest.Of(content.Select(file => file.Save(disk, temporary)).ToArray());
            new CheckpointFile(CheckpointManifest.FileName, stream => stream.Write(manifest.ToJson())).Save(disk, temporary);
            disk.FlushFolder(temporary);
            return Install(step, temporary, manifest.ToJson());
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Deletes checkpoints; none of them is ever there in part under its name.</summary>
    public void Delete(IReadOnlyList<long> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        foreach (var step in steps)
        {
            disk.DeleteFolder(TemporaryOf(step));
            disk.Rename(FolderOf(step), TemporaryOf(step));
        }

        disk.FlushFolder(root);
        foreach (var step in steps)
        {
            disk.DeleteFolder(TemporaryOf(step));
        }
    }

    public void Recover(Action<string>? report)
    {
        foreach (var name in disk.List(root))
        {
            if (name.StartsWith(CheckpointNames.AsidePrefix, StringComparison.Ordinal)
                && CheckpointNames.StepOf(name[CheckpointNames.AsidePrefix.Length..]) is { } step)
            {
                ResolveAside(step);
                report?.Invoke(
                    $"{Path.Combine(root, name)}: a crash left two checkpoints of this step; the good one stays.");
            }
            else if (name.StartsWith(CheckpointNames.TemporaryPrefix, StringComparison.Ordinal))
            {
                disk.DeleteFolder(Path.Combine(root, name));
                report?.Invoke($"{Path.Combine(root, name)}: a crash left an unfinished checkpoint; it was deleted.");
            }
        }

        // A kill may have come between a rename and its flush; from here on what is seen is also durable.
        disk.FlushFolder(root);
    }

    private static void CheckNames(IReadOnlyList<CheckpointFile> content)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in content)
        {
            if (!CheckpointManifest.IsPlainName(file.Name) || !names.Add(file.Name))
            {
                throw new ArgumentException(
                    $"'{file.Name}' cannot be a file of a checkpoint, or occurs twice.", nameof(content));
            }
        }

        ArgumentOutOfRangeException.ThrowIfZero(content.Count);
    }

    private Checkpoint Install(long step, string temporary, byte[] manifest)
    {
        var (final, aside) = (FolderOf(step), AsideOf(step));
        var replaces = disk.FolderExists(final);
        if (replaces)
        {
            disk.Rename(final, aside);
        }

        try
        {
            disk.Rename(temporary, final);
        }
        catch (MorException) when (replaces)
        {
            disk.Rename(aside, final);
            throw;
        }

        disk.FlushFolder(root);
        var saved = ReadBack(step, manifest, replaces);
        disk.DeleteFolder(aside);
        return saved;
    }

    private Checkpoint ReadBack(long step, byte[] manifest, bool hasAside)
    {
        var final = FolderOf(step);
        try
        {
            // The manifest on disk is compared with the one in memory, and the files with the manifest.
            if (!disk.ReadAllBytes(Path.Combine(final, CheckpointManifest.FileName)).AsSpan().SequenceEqual(manifest))
            {
                throw new RunException(final, "its manifest reads otherwise than it was written", "Check the disk.");
            }

            return verify(step);
        }
        catch (MorException damage)
        {
            PutBack(step, hasAside);
            throw new RunException(
                final, $"it was written but does not read back the same ({damage.Message})",
                "Check the disk; what was saved before stays good.", damage);
        }
    }

    private void PutBack(long step, bool hasAside)
    {
        disk.Rename(FolderOf(step), TemporaryOf(step));
        if (hasAside)
        {
            disk.Rename(AsideOf(step), FolderOf(step));
        }

        disk.FlushFolder(root);
    }

    private void ResolveAside(long step)
    {
        if (!disk.FolderExists(AsideOf(step)))
        {
            return;
        }

        try
        {
            verify(step);
            disk.DeleteFolder(AsideOf(step));
            return;
        }
        catch (MorException)
        {
            // The new one is missing or torn: the old one comes back.
        }

        disk.DeleteFolder(TemporaryOf(step));
        if (disk.FolderExists(FolderOf(step)))
        {
            disk.Rename(FolderOf(step), TemporaryOf(step));
        }

        disk.Rename(AsideOf(step), FolderOf(step));
        disk.FlushFolder(root);
        disk.DeleteFolder(TemporaryOf(step));
    }

    private void Discard(string temporary)
    {
        try
        {
            disk.DeleteFolder(temporary);
        }
        catch (MorException)
        {
            // The first failure is the one to report, and recovery deletes the folder at the next start.
        }
    }

    private string FolderOf(long step) => Path.Combine(root, CheckpointNames.Of(step));

    private string TemporaryOf(long step) =>
        Path.Combine(root, CheckpointNames.TemporaryPrefix + CheckpointNames.Of(step));

    private string AsideOf(long step) => Path.Combine(root, CheckpointNames.AsidePrefix + CheckpointNames.Of(step));
}
