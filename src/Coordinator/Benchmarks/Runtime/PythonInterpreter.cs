using System.Diagnostics;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Benchmarks.Runtime;

/// <summary>A Python that has PyTorch.</summary>
/// <param name="Program">Its path, or name to be found in PATH.</param>
/// <param name="TorchVersion">PyTorch's version.</param>
internal sealed record PythonInterpreter(string Program, string TorchVersion)
{
    private static readonly string[] Candidates = ["python3", "/usr/bin/python3"];

    /// <summary>The given one, or the first that has PyTorch.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static async Task<PythonInterpreter> FindAsync(string? given, CancellationToken stop)
    {
        foreach (var candidate in given is null ? Candidates : [given])
        {
            if (await VersionAsync(candidate, stop) is { } version)
            {
                return new PythonInterpreter(candidate, version);
            }
        }

        throw new InputException(
            "--python",
            given is null ? "no Python with PyTorch was found" : $"'{given}' is no Python with PyTorch",
            "The baselines are PyTorch programs: install Debian's python3-torch, or name a Python that has it.");
    }

    private static async Task<string?> VersionAsync(string program, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program, ["-c", "import torch, numpy; print(torch.__version__)"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using (process)
        {
            try
            {
                var error = process.StandardError.ReadToEndAsync(stop);
                var version = await process.StandardOutput.ReadToEndAsync(stop);
                await error;
                await process.WaitForExitAsync(stop);
                return process.ExitCode == 0 && version.Trim() is { Length: > 0 } told ? told : null;
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
    }
}
