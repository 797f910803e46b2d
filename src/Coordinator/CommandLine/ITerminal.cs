namespace MoR.Coordinator.CommandLine;

/// <summary>
/// Where a command speaks to a person: stderr, with colour and redrawn lines only on a terminal. Text is plain; markup
/// characters need no escaping.
/// </summary>
public interface ITerminal
{
    /// <summary>Whether somebody watches it, line by line.</summary>
    bool IsLive => false;

    /// <summary>A line worth reading.</summary>
    void Line(string text = "");

    /// <summary>A line that explains or warns; shown dimmer or in colour, and never an error.</summary>
    void Note(string text);

    /// <summary>A table.</summary>
    void Table(string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows);

    /// <summary>The state of a long task; redrawn in place on a terminal, and thinned out elsewhere. Empty ends it.</summary>
    void Progress(string text);

    /// <summary>The result itself, to stdout (such as generated text), unless <c>--json</c> is on.</summary>
    void Result(string text);
}
