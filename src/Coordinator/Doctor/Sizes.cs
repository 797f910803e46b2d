namespace MoR.Coordinator.Doctor;

/// <summary>Shows numbers of bytes.</summary>
internal static class Sizes
{
    /// <summary>In GiB, or MiB below one.</summary>
    public static string Text(long bytes) =>
        bytes >= 1L << 30 ? $"{bytes / (double)(1L << 30):0.0} GiB" : $"{bytes / (double)(1L << 20):0} MiB";
}
