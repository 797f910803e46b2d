namespace MoR.Coordinator.CommandLine;

/// <summary>What <see cref="Terminal"/> writes to.</summary>
/// <param name="IsRich">Colours, and lines redrawn in place.</param>
/// <param name="Width">Columns of the screen; on something else, how wide a table may become.</param>
public sealed record TerminalTraits(bool IsRich, int Width)
{
    private const int PlainWidth = 160;
    private const int NarrowestWidth = 20;

    /// <summary>Decides by https://no-color.org and <c>TERM=dumb</c>.</summary>
    /// <param name="isTerminal">Whether stderr is a terminal.</param>
    /// <param name="screenWidth">Columns of the terminal; 0 when unknown.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static TerminalTraits Of(bool isTerminal, int screenWidth, Func<string, string?> variable)
    {
        if (!isTerminal)
        {
            return new TerminalTraits(IsRich: false, PlainWidth);
        }

        var isRich = string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") is not (null or "" or "dumb");
        return new TerminalTraits(isRich, screenWidth < 1 ? 80 : Math.Max(screenWidth, NarrowestWidth));
    }
}
