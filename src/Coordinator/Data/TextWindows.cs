namespace MoR.Coordinator.Data;

/// <summary>Cuts a long text so that every token but the first is predicted once.</summary>
public static class TextWindows
{
    /// <summary>
    /// Windows of at most <paramref name="length"/> tokens. Each begins with the last token of the one before, which is
    /// read there and not predicted again; what stands before it is not seen.
    /// </summary>
    /// <param name="tokens">The text's tokens; fewer than 2 give no window.</param>
    /// <param name="length">The longest window, at least 2.</param>
    public static IEnumerable<int[]> Cut(int[] tokens, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        for (int start = 0; start + 1 < tokens.Length; start += length - 1)
        {
            yield return tokens[start..Math.Min(tokens.Length, start + length)];
        }
    }
}
