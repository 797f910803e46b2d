using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MoR.EndToEnd.Tests.Processes;

/// <summary>
/// Debian's Python with its PyTorch, for what other programs make of our files. Tests that need it are skipped where it is
/// missing; <c>./mor test</c> installs it where it can.
/// </summary>
internal static class PythonProcess
{
    private const string Program = "/usr/bin/python3";
    private const string Package = "/usr/lib/python3/dist-packages/torch/__init__.py";

    /// <summary>Importing PyTorch takes seconds, and a busy machine many of them.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Skips the test without PyTorch.</summary>
    public static void Require() => Skip.IfNot(
        IsThere, $"{Program} has no PyTorch ({Package} is missing); as root: apt-get install python3-torch.");

    /// <summary>Whether there is a PyTorch.</summary>
    public static bool IsThere => File.Exists(Program) && File.Exists(Package);

    /// <summary>Runs a script of the folder <c>Python</c> on a task and returns its answer, both JSON.</summary>
    public static async Task<JsonObject> RunAsync(string script, JsonObject task)
    {
        var start = new ProcessStartInfo(Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-B"); // no __pycache__ beside the scripts and in exported folders
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Python", script));
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.StandardInput.WriteAsync(task.ToJsonString());
            process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(Deadline);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}\n{await error}");
            return JsonNode.Parse(await output)!.AsObject();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
    }
}
