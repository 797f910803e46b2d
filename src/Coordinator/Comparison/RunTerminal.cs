using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Comparison;

/// <summary>
/// Where one run of many speaks: its progress and notices carry its name, and what a run alone would tell a person (its
/// plan, its table, what to try next) is left to its log and report.
/// </summary>
/// <param name="terminal">The comparison's terminal.</param>
/// <param name="name">Such as <c>[3/40] topk-seed1</c>.</param>
internal sealed class RunTerminal(ITerminal terminal, string name) : ITerminal
{
    /// <inheritdoc/>
    public void Line(string text = "")
    {
    }

    /// <inheritdoc/>
    public void Note(string text) => terminal.Note($"{name}: {text}");

    /// <inheritdoc/>
    public void Table(string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
    }

    /// <inheritdoc/>
    public void Progress(string text) => terminal.Progress(text.Length == 0 ? "" : $"{name}  {text}");

    /// <inheritdoc/>
    public void Result(string text)
    {
    }
}
