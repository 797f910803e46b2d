using System.Globalization;

namespace MoR.Coordinator.Skills;

/// <summary>Items of a skill by their place in its order, such as <c>0..199</c>: both ends belong to it.</summary>
/// <param name="First">The first one's place, from 0.</param>
/// <param name="Last">The last one's place.</param>
public readonly record struct ItemRange(int First, int Last)
{
    /// <summary>The largest place: what a task holds in memory is bounded.</summary>
    public const int MostPlace = 999_999;

    /// <summary>Reads <c>FIRST..LAST</c>; null if the text is something else, or nothing is between its ends.</summary>
    public static ItemRange? TryParse(string text) =>
        text.Split("..") is [var left, var right] && Place(left) is { } first && Place(right) is { } last && first <= last
            ? new ItemRange(first, last)
            : null;

    /// <summary>Whether an item belongs to both.</summary>
    public bool Overlaps(ItemRange other) => First <= other.Last && other.First <= Last;

    /// <inheritdoc/>
    public override string ToString() => $"{First}..{Last}";

    private static int? Place(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= MostPlace
            ? place
            : null;
}
