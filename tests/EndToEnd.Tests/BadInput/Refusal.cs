using System.Text.Json.Nodes;
using MoR.EndToEnd.Tests.Processes;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>What a refused command with <c>--json</c> has to show.</summary>
internal static class Refusal
{
    private const string Mark = "error: ";

    /// <summary>Checks exit code, both streams and the message.</summary>
    public static void Check(MorRun run, int exitCode, params string[] expected)
    {
        run.Ended(exitCode);
        var lines = run.Error.TrimEnd('\n').Split('\n');
        var messages = lines.Count(line => line.StartsWith(Mark, StringComparison.Ordinal));
        Assert.True(messages == 1, $"{messages} messages: {run.Error}");
        Assert.StartsWith(Mark, lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);

        var error = Assert.IsType<JsonObject>(run.Json["error"]);
        var message = (string)error["message"]!;
        Assert.Equal(lines[^1][Mark.Length..], message);
        Assert.Equal(exitCode, (int)error["exit_code"]!);
        Assert.Equal(exitCode == 2 ? "input" : "run", (string)error["kind"]!);
        Assert.NotEmpty((string)error["subject"]!);
        var nextStep = (string)error["next_step"]!;
        Assert.Matches("^[A-Z].*[.]$", nextStep);
        Assert.EndsWith(nextStep, message, StringComparison.Ordinal);
        foreach (var part in expected)
        {
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }
}
