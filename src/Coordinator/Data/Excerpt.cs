namespace MoR.Coordinator.Data;

/// <summary>Shortens texts of a data set for messages.</summary>
internal static class Excerpt
{
    private const int Longest = 80;

    /// <summary>The text on one line, cut after 80 characters.</summary>
    public static string Of(string text)
    {
        string line = text.ReplaceLineEndings(" ").Replace('\t', ' ');
        if (line.Length <= Longest)
        {
            return line;
        }

        int length = char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest;
        return string.Concat(line.AsSpan(0, length), "…");
    }
}
