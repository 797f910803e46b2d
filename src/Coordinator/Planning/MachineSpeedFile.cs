using System.Text.Json;
using MoR.Cluster.Disk;

namespace MoR.Coordinator.Planning;

/// <summary>What was measured of this machine, kept for the next plan. What was measured by another build, on other threads or with
/// other libraries does not count.</summary>
/// <param name="Identity">Program, libraries and threads.</param>
/// <param name="Speed">What was measured.</param>
internal sealed record MachineSpeedFile(string Identity, MachineSpeed Speed)
{
    private const string Name = "machine-speed.json";
    private const string FolderName = "mor";
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>The user's folder for what can be made again (XDG Base Directory Specification).</summary>
    /// <param name="variable">Reads the environment.</param>
    public static string FolderOf(Func<string, string?> variable) => variable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? Path.Combine(cache, FolderName)
        : Path.Combine(variable("HOME") is { Length: > 0 } home ? home : Path.GetTempPath(), ".cache", FolderName);

    /// <summary>What the folder has for this identity; null if nothing that can be used.</summary>
    public static MachineSpeed? Read(IDisk disk, string folder, string identity)
    {
        var path = Path.Combine(folder, Name);
        if (!disk.FileExists(path))
        {
            return null;
        }

        try
        {
            var file = JsonSerializer.Deserialize<MachineSpeedFile>(disk.ReadAllBytes(path), Format);
            return file?.Identity == identity ? file.Speed : null;
        }
        catch (JsonException)
        {
            // It can be measured again.
            return null;
        }
    }

    /// <summary>Keeps it; returns where.</summary>
    public static string Write(IDisk disk, string folder, string identity, MachineSpeed speed)
    {
        disk.CreateFolderDurably(folder);
        var path = Path.Combine(folder, Name);
        disk.WriteWhole(path, JsonSerializer.SerializeToUtf8Bytes(new MachineSpeedFile(identity, speed), Format));
        return path;
    }
}
