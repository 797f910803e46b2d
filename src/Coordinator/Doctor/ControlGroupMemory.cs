using System.Globalization;

namespace MoR.Coordinator.Doctor;

/// <summary>The memory limit of one Linux control group, in bytes.</summary>
/// <param name="Limit">What the group may use.</param>
/// <param name="Available">What of it is left, counting file pages that the kernel can drop.</param>
public sealed record ControlGroupMemory(long Limit, long Available)
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>
    /// The limits that bind this process: of its group and of every group above. Version 2 (kernel documentation,
    /// admin-guide/cgroup-v2) has <c>memory.max</c>, <c>memory.current</c> and <c>memory.stat</c>; version 1
    /// (admin-guide/cgroup-v1/memory) <c>memory.limit_in_bytes</c>, <c>memory.usage_in_bytes</c> and totals in
    /// <c>memory.stat</c>. In a container the group's path may be the host's, which is not to be seen there; the group at the
    /// root of what is seen is then the container's own.
    /// </summary>
    /// <param name="textOf">The text of a file, empty where it cannot be read.</param>
    public static IReadOnlyList<ControlGroupMemory> Read(Func<string, string> textOf)
    {
        var groups = new List<ControlGroupMemory>();
        foreach (var line in textOf("/proc/self/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // hierarchy:controllers:path, where version 2 has hierarchy 0 and no controllers (cgroups(7)).
            var fields = line.Split(':', 3);
            var isFirst = fields.Length == 3 && fields[1].Split(',').Contains("memory");
            if (fields.Length < 3 || (!isFirst && !line.StartsWith("0::", StringComparison.Ordinal)))
            {
                continue;
            }

            for (var path = fields[2].TrimEnd('/'); ; path = path[..path.LastIndexOf('/')])
            {
                if (Of(isFirst, path, textOf) is { } group)
                {
                    groups.Add(group);
                }

                if (path.LastIndexOf('/') < 0)
                {
                    break;
                }
            }
        }

        return groups;
    }

    private static ControlGroupMemory? Of(bool isFirst, string path, Func<string, string> textOf)
    {
        var folder = isFirst ? $"{Root}/memory{path}" : Root + path;
        var (limitName, usedName, prefix) =
            isFirst ? ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_") : ("memory.max", "memory.current", "");

        // "max", as an absent file, is no limit; version 1 writes a number near 2^63.
        if (Number(textOf($"{folder}/{limitName}")) is not { } limit || Number(textOf($"{folder}/{usedName}")) is not { } used)
        {
            return null;
        }

        var statistics = textOf($"{folder}/memory.stat").Split('\n');
        var droppable = Statistic("inactive_file") + Statistic("active_file");

        // A group that is full has next to nothing; 0 would mean that nothing is known.
        return new ControlGroupMemory(limit, Math.Clamp(limit - (used - droppable), Math.Min(1, limit), limit));

        long Statistic(string name) => statistics
            .Where(line => line.StartsWith($"{prefix}{name} ", StringComparison.Ordinal))
            .Sum(line => Number(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]) ?? 0);
    }

    private static long? Number(string text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
