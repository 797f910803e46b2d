namespace MoR.Coordinator.Skills;

/// <summary>Four kinds of brackets.</summary>
internal static class Brackets
{
    /// <summary>What opens.</summary>
    public const string Opening = "([{<";

    private const string Closing = ")]}>";

    /// <summary>What closes <paramref name="opening"/>.</summary>
    public static char Close(char opening) => Closing[Opening.IndexOf(opening, StringComparison.Ordinal)];
}
