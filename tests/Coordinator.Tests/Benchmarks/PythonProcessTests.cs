using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks.Runtime;

namespace MoR.Coordinator.Tests.Benchmarks;

/// <summary>What is told of a script that ends; scripts of bash, which takes Python's <c>-B</c> too.</summary>
public sealed class PythonProcessTests
{
    [Fact]
    public async Task A_script_that_ended_before_it_is_asked_is_named_with_its_exit_code_and_last_words()
    {
        var error = await AskAsync("exec 0<&-; echo '{}'; echo 'out of memory' >&2; exit 3");

        Assert.EndsWith("it ended with exit code 3: out of memory. Run it by hand to see more.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_ends_in_silence_is_named_with_its_exit_code()
    {
        var error = await AskAsync("echo '{}'; read; exit 0");

        Assert.EndsWith("it ended with exit code 0. Run it by hand to see more.", error, StringComparison.Ordinal);
    }

    /// <summary>Reads a script's first line, asks it, and gives the message that it ended.</summary>
    private static async Task<string> AskAsync(string script)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, script);
            using var process = PythonProcess.Start(new PythonInterpreter("/bin/bash", "none"), [file], 1);
            await process.ReadAsync(CancellationToken.None);

            var error = await Assert.ThrowsAsync<RunException>(() =>
                process.AskAsync(new JsonObject { ["steps"] = 1 }, CancellationToken.None));
            Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
            return error.Message;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
