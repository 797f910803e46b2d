using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Planning.Measurement;

/// <summary>For runs that are only timed: what they would tell a person is about another run than the person's.</summary>
internal sealed class SilentTerminal : ITerminal
{
    /// <inheritdoc/>
    public void Line(string text = "")
    {
    }

    /// <inheritdoc/>
    public void Note(string text)
    {
    }

    /// <inheritdoc/>
    public void Table(string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
    }

    /// <inheritdoc/>
    public void Progress(string text)
    {
    }

    /// <inheritdoc/>
    public void Result(string text)
    {
    }
}
