using System.Globalization;

namespace MoR.Coordinator.Doctor;

/// <summary>Memory in bytes.</summary>
/// <param name="Total">What the machine has, or the process's control groups allow, whichever is less.</param>
/// <param name="Available">What can be taken without swapping; 0 if it is not known.</param>
public sealed record MemoryFacts(long Total, long Available)
{
    /// <summary>Reads the text of <c>/proc/meminfo</c> (proc(5), lines of "name: number kB").</summary>
    /// <param name="memInfo">The text; what is missing counts as 0.</param>
    /// <param name="groups">The limits of the process's control groups.</param>
    public static MemoryFacts Parse(string memInfo, IEnumerable<ControlGroupMemory> groups)
    {
        var facts = new MemoryFacts(Bytes(memInfo, "MemTotal:"), Bytes(memInfo, "MemAvailable:"));
        return groups.Aggregate(facts, (least, group) => new MemoryFacts(
            Math.Min(least.Total, group.Limit), Math.Min(least.Available, group.Available)));
    }

    private static long Bytes(string memInfo, string name)
    {
        var line = memInfo.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var number = line?[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : 0;
    }
}
