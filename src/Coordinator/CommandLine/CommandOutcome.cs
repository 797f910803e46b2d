using System.Text.Json.Nodes;

namespace MoR.Coordinator.CommandLine;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">0 done, 1 failed while running, 2 wrong usage or configuration, 3 interrupted with state saved.</param>
/// <param name="Json">What <c>--json</c> prints on the last line of stdout.</param>
public sealed record CommandOutcome(int ExitCode, JsonObject Json)
{
    /// <summary>Done.</summary>
    public static CommandOutcome Done(JsonObject json) => new(0, json);

    /// <summary>Interrupted, with the state saved.</summary>
    public static CommandOutcome Interrupted(JsonObject json) => new(3, json);
}
