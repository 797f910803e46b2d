using System.Globalization;

namespace MoR.Coordinator.Doctor;

/// <summary>Memory in bytes.</summary>
/// <param name="Total">What the machine has, or the container may use, whichever is less.</param>
/// <param name="Available">What can be taken without swapping.</param>
public sealed record MemoryFacts(long Total, long Available)
{
    /// <summary>Reads the text of <c>/proc/meminfo</c> (proc(5), lines of "name: number kB").</summary>
    /// <param name="memInfo">The text; what is missing counts as 0.</param>
    /// <param name="limit">The container's limit in bytes.</param>
    public static MemoryFacts Parse(string memInfo, long limit) =>
        new(Math.Min(Bytes(memInfo, "MemTotal:"), limit), Math.Min(Bytes(memInfo, "MemAvailable:"), limit));

    private static long Bytes(string memInfo, string name)
    {
        var line = memInfo.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var number = line?[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : 0;
    }
}
