using System.Text.Json.Nodes;

namespace MoR.EndToEnd.Tests.Processes;

/// <summary>What one run of the program gave.</summary>
/// <param name="What">The command, for messages.</param>
/// <param name="ExitCode">Its exit code; 137 after SIGKILL.</param>
/// <param name="Output">All of stdout.</param>
/// <param name="Error">All of stderr.</param>
internal sealed record MorRun(string What, int ExitCode, string Output, string Error)
{
    /// <summary>The object on the last line of stdout.</summary>
    public JsonObject Json => JsonNode.Parse(Output.TrimEnd('\n').Split('\n')[^1])!.AsObject();

    /// <summary>The hash that <c>train --json</c> gives.</summary>
    public string AdapterSha256 => (string)Json["adapter_sha256"]!;

    /// <summary>Fails unless the exit code is the expected one.</summary>
    public MorRun Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"{What}: exit code {ExitCode}, expected {exitCode}\n{Output}\n{Error}");
        return this;
    }

    /// <summary>Fails unless the run succeeded.</summary>
    public MorRun Succeeded() => Ended(0);
}
