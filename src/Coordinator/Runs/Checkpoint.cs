using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>A checkpoint whose files were all found as its manifest says.</summary>
public sealed class Checkpoint
{
    private readonly IDisk disk;

    internal Checkpoint(IDisk disk, long step, string location, CheckpointManifest manifest)
    {
        this.disk = disk;
        Step = step;
        Location = location;
        Files = manifest.Files;
    }

    /// <summary>The number of steps that were committed before it was saved.</summary>
    public long Step { get; }

    /// <summary>The path of its folder.</summary>
    public string Location { get; }

    /// <summary>Its files in ordinal order of their names.</summary>
    public IReadOnlyList<ManifestEntry> Files { get; }

    /// <summary>What the manifest says about a file.</summary>
    /// <exception cref="InputException">The checkpoint has no such file.</exception>
    public ManifestEntry Entry(string name) =>
        Files.FirstOrDefault(file => file.Name == name)
        ?? throw new InputException(
            Location, $"it holds no '{name}' (it holds {string.Join(", ", Files.Select(file => file.Name))})",
            "Check that this version of the program wrote the run.");

    /// <summary>The content of a file of less than 2 GiB, compared with the manifest once more.</summary>
    /// <exception cref="MorException">
    /// The checkpoint has no such file, or it was changed since it was opened.
    /// </exception>
    public byte[] Read(string name)
    {
        var entry = Entry(name);
        var content = disk.ReadAllBytes(PathOf(name));
        using var hash = new ContentHash();
        hash.Add(content);
        return hash.Result() == (entry.Bytes, entry.Sha256)
            ? content
            : throw new RunException(
                PathOf(name), "the file was changed since the checkpoint was opened",
                "Leave the files of a run alone while it is read.");
    }

    /// <summary>The path of a file, for readers that map it.</summary>
    public string PathOf(string name) => Path.Combine(Location, Entry(name).Name);
}
