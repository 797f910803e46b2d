using System.Diagnostics;
using System.Runtime.InteropServices;
using MoR.EndToEnd.Tests.World;
using MoR.Program;

namespace MoR.EndToEnd.Tests.Processes;

/// <summary>
/// The program as a process of its own. It is killed when this object goes, and no wait is without a deadline.
/// </summary>
internal sealed partial class MorProcess : IAsyncDisposable
{
    /// <summary>Far above what any of these commands takes on a busy machine.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private const int StopSignal = 19;
    private const int ContinueSignal = 18;

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly string _what;

    private MorProcess(string[] arguments, params (string Name, string Value)[] environment)
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

        // What somebody measured of this machine would choose the role of nodes.
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Path.GetTempPath(), "mor-nothing-measured");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
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

    /// <summary>The same with a variable of the environment.</summary>
    public static async Task<MorRun> RunWithAsync((string Name, string Value) variable, params string[] arguments)
    {
        await using var process = new MorProcess([.. arguments, "--json"], variable);
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

    /// <summary>
    /// Stops the process once its run has made some steps, acts, and lets it go on: what acts comes in the middle of the run,
    /// however slow the machine. A thread of its own watches, since those of the tests may be busy for longer than a tiny run.
    /// </summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="step">The step.</param>
    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="act">What is done.</param>
    public Task AtStepAsync(string run, long step, int steps, Action act) => Task.Factory.StartNew(
        () =>
        {
            var began = Stopwatch.GetTimestamp();
            while (RunFiles.LastStep(run) < step)
            {
                var isOver = _process.WaitForExit(PollInterval);
                Assert.False(isOver, $"{_what}: it ended before step {step}");
                Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, $"{_what}: it did not reach step {step} in {Deadline}");
            }

            Hold();
            var reached = RunFiles.LastStep(run);
            Assert.True(reached < steps, $"{_what}: it was to be stopped after step {step}, and had made {reached}");
            act();
            _ = SendSignal(Id, ContinueSignal); // it may have been killed
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>The same with the recipe of the tiny world.</summary>
    public Task AtStepAsync(string run, long step, Action act) => AtStepAsync(run, step, TinyWorld.Steps, act);

    /// <summary>Whether it has ended.</summary>
    public bool IsOver => _process.HasExited;

    /// <summary>Waits for the end, though not for long.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Kills it and waits until it is gone.</summary>
    public void KillAndWait()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends the process as the kernel does when memory runs out.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Whether the process ignores a signal, as children of a background shell ignore SIGINT.</summary>
    public bool Ignores(int signal) => ((Convert.ToUInt64(Status("SigIgn"), 16) >> (signal - 1)) & 1) == 1;

    /// <summary>Sends a signal by its number.</summary>
    public void Signal(int signal) => Assert.Equal(0, SendSignal(Id, signal));

    /// <summary>The processes that it started, in that order.</summary>
    public IReadOnlyList<int> Children() => [.. Directory.GetDirectories($"/proc/{Id}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(int.Parse)
        .Order()];

    /// <summary>Sends a signal to one of them.</summary>
    public void SignalChild(int index, int signal) => Assert.Equal(0, SendSignal(Children()[index], signal));

    /// <summary>Sends a signal to a process, which may have ended.</summary>
    public static void Send(int process, int signal) => _ = SendSignal(process, signal);

    /// <summary>Stops the process; ends when none of its threads runs.</summary>
    private void Hold()
    {
        Signal(StopSignal);
        while (!Status("State").StartsWith('T'))
        {
            Assert.False(_process.WaitForExit(PollInterval), $"{_what}: it ended before it could be stopped");
        }
    }

    /// <summary>Waits until a process is no longer there.</summary>
    public static async Task UntilGoneAsync(int process)
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval);
        while (Directory.Exists($"/proc/{process}"))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, $"process {process} is still there after {Deadline}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until a run listens for nodes, and says where.</summary>
    public async Task<string> UntilListeningAsync(string run)
    {
        await UntilAsync($"{run} listens", () => RunFiles.Listening(run).Length > 0);
        return RunFiles.Listening(run);
    }

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
