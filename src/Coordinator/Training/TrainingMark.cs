using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Training;

/// <summary>What the folder of an adapter says of its training.</summary>
internal static class TrainingMark
{
    /// <summary>The state of the run that made it; null if the folder is not a checkpoint of a run.</summary>
    public static RunProgress? Of(string? adapterFolder)
    {
        // Other programs have a file of that name too, but not the manifest.
        if (adapterFolder is null || !File.Exists(Path.Combine(adapterFolder, CheckpointManifest.FileName)))
        {
            return null;
        }

        return RunProgress.Read(File.ReadAllBytes(Path.Combine(adapterFolder, RunProgress.FileName)));
    }
}
