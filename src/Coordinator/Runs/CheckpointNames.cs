using System.Globalization;

namespace MoR.Coordinator.Runs;

/// <summary>
/// The names in a folder of checkpoints: <c>step-000200</c>, six digits, more where the step needs them.
/// </summary>
internal static class CheckpointNames
{
    /// <summary>In front of a folder that does not count: being written, or on its way out.</summary>
    public const string TemporaryPrefix = ".tmp-";

    /// <summary>In front of a checkpoint that another of the same step is about to replace.</summary>
    public const string AsidePrefix = ".aside-";

    private const string Prefix = "step-";

    /// <summary>The name of a step's checkpoint.</summary>
    public static string Of(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return $"{Prefix}{step:D6}";
    }

    /// <summary>The step of a name; null for any name that <see cref="Of"/> does not give.</summary>
    public static long? StepOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        && Of(step) == name
            ? step
            : null;
}
