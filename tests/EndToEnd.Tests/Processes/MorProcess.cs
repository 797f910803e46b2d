using System.Diagnostics;
using System.Runtime.InteropServices;
using MoR.Coordinator;

namespace MoR.EndToEnd.Tests.Processes;

/// <summary>
/// The program as a process of its own. It is killed when this object goes, and no wait is without a deadline.
/// </summary>
internal sealed partial class MorProcess : IAsyncDisposable
{
    /// <summary>Far above what any of these commands takes on a busy machine.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly string _what;

    private MorProcess(string[] arguments)
    {
        _what = "mor " + string.Join(' ', arguments);
        var start = new ProcessStartInfo(Host())
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(Commands).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts <c>mor</c> with some arguments and <c>--json</c>.</summary>
    public static MorProcess Start(params string[] arguments) => new([.. arguments, "--json"]);

    /// <summary>Runs <c>mor --json</c> to its end.</summary>
    public static async Task<MorRun> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync();
    }

    /// <summary>Runs <c>mor</c> as a person does, to its end.</summary>
    public static async Task<MorRun> RunForPeopleAsync(params string[] arguments)
    {
        await using var process = new MorProcess(arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits for a phase that shows outside of the process; fails if the process ends before it.</summary>
    public async Task UntilAsync(string phase, Func<bool> isReached)
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval);
        while (!isReached())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Deadline)
            {
                var state = _process.HasExited ? $"ended with {_process.ExitCode}" : $"did not get there in {Deadline}";
                _process.Kill();
                Assert.Fail($"{_what}: waiting until {phase}, it {state}\n{await _error}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until the metrics of a run have some lines.</summary>
    public Task UntilLinesAsync(string run, int lines) => UntilAsync(
        $"{run} has {lines} lines of metrics", () => RunFiles.MetricLines(run) >= lines);

    /// <summary>Ends the process as the kernel does when memory runs out.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Whether the process ignores a signal, as children of a background shell ignore SIGINT.</summary>
    public bool Ignores(int signal) => ((Convert.ToUInt64(Status("SigIgn"), 16) >> (signal - 1)) & 1) == 1;

    /// <summary>Sends a signal by its number.</summary>
    public void Signal(int signal) => Assert.Equal(0, SendSignal(Id, signal));

    /// <summary>Resident memory in KiB.</summary>
    public long ResidentKiB() => long.Parse(Status("VmRSS").Split(' ')[0]);

    /// <summary>Waits for the end.</summary>
    public async Task<MorRun> EndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            Assert.Fail($"{_what}: not done after {Deadline}\n{await _output}\n{await _error}");
        }

        return new MorRun(_what, _process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private string Status(string key) => File.ReadLines($"/proc/{Id}/status")
        .Select(line => line.Split(':'))
        .First(line => line[0] == key)[1].Trim();

    /// <summary>The host that runs this test: it need not be in PATH.</summary>
    private static string Host() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
