#pragma warning disable CA1416 // The program is for Linux, as its native library.
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Certificates.Runtime;

/// <summary>Folders of secrets: only their owner can read them, they are there whole or not at all, and none is overwritten.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder with some files.</summary>
    /// <param name="path">The folder, which must not exist; its missing parents are made.</param>
    /// <param name="files">Names and contents.</param>
    /// <exception cref="InputException">It exists.</exception>
    /// <exception cref="MorException">The disk fails.</exception>
    public static void Create(string path, IReadOnlyList<(string Name, string Text)> files)
    {
        RequireFree(path);
        var temporary = path + DiskExtensions.TemporaryEnding;
        try
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            Directory.CreateDirectory(temporary, FolderMode);
            foreach (var (name, text) in files)
            {
                Write(Path.Combine(temporary, name), text);
            }

            Directory.Move(temporary, path);
        }
        catch (Exception exception) when (DiskErrors.IsDiskFailure(exception))
        {
            throw DiskErrors.FromException(path, "making the folder", exception);
        }
    }

    /// <summary>Refuses a path where something is.</summary>
    /// <exception cref="InputException">It exists.</exception>
    public static void RequireFree(string path)
    {
        if (Directory.Exists(path) || File.Exists(path))
        {
            throw new InputException(
                path, "it is there already, and nothing is overwritten", "Give another name, or move it away first.");
        }
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = System.IO.FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = FileMode,
        };
        using var file = new StreamWriter(path, options);
        file.Write(text);
    }
}
