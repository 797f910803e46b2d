using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Training;

/// <summary>What a run came to, for people, for programs and for its report.</summary>
internal interface IRunResult
{
    /// <summary>Makes ready what only a complete run hands over, if there is such a thing.</summary>
    void Complete()
    {
    }

    /// <summary>The keys that <c>--json</c> promises.</summary>
    JsonObject ToJson();

    /// <summary>Tells a person what a complete run came to, and what to try next.</summary>
    void Show(ITerminal terminal);

    /// <summary>Writes <c>report.html</c>.</summary>
    void WriteReport();
}
