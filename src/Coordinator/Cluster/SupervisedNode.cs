using MoR.Cluster.Actors;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Cluster;

/// <summary>
/// A node on this machine that is started again when its process ends, and whose process is killed when its link does: nothing
/// is lost by that, since a node holds nothing that cannot be sent again. Ends at the first exit that another try would
/// repeat, or after more restarts than the limit allows.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="start">Starts a process under a new incarnation.</param>
/// <param name="limit">How often it is started again.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Tells the user.</param>
internal sealed class SupervisedNode(
    string name, Func<(ILocalNode Process, ulong Incarnation)> start, RestartLimit limit, TimeProvider time, Action<string> note)
{
    private const int Refused = 2;
    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan longestPause = TimeSpan.FromSeconds(5);

    /// <summary>A node that fails by itself says why and exits well within this.</summary>
    private static readonly TimeSpan grace = TimeSpan.FromSeconds(1);
    private readonly RestartWindow _restarts = new(limit, time);
    private readonly Lock _lock = new();
    private TaskCompletionSource _linkLost = new();
    private ulong _incarnation;

    /// <summary>Keeps it running until a stop, which also ends its process.</summary>
    /// <param name="ending">It is not started again.</param>
    /// <param name="stop">It ends.</param>
    /// <returns>Why it is not started again; null where that was wanted.</returns>
    public async Task<string?> RunAsync(CancellationToken ending, CancellationToken stop)
    {
        while (true)
        {
            var (ended, code) = await LifeAsync(ending, stop);
            if (ending.IsCancellationRequested)
            {
                return null;
            }

            if (code is 0 or Refused)
            {
                return ended;
            }

            if (!_restarts.TryRestart())
            {
                return $"{ended}, after {limit.Most} restarts within {limit.Window.TotalSeconds:0.#} s";
            }

            var pause = Pause(_restarts.Count);
            note($"{ended}; it is started again in {pause.TotalSeconds:0.##} s (restart {_restarts.Count} of at most {limit.Most} "
                + $"within {limit.Window.TotalSeconds:0.#} s)");
            await time.PauseAsync(pause, ending);
            if (ending.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>A link of this incarnation was lost: if it is this process's, it ends, hangs, or is not heard.</summary>
    public void LinkLost(ulong incarnation)
    {
        lock (_lock)
        {
            if (_incarnation == incarnation)
            {
                _linkLost.TrySetResult();
            }
        }
    }

    private static TimeSpan Pause(int restart)
    {
        var pause = firstPause * Math.Pow(2, restart - 1);
        return pause < longestPause ? pause : longestPause;
    }

    /// <summary>One process from its start to its end or a stop; how it ended, and with which exit code.</summary>
    private async Task<(string How, int? ExitCode)> LifeAsync(CancellationToken ending, CancellationToken stop)
    {
        ILocalNode process;
        ulong incarnation;
        try
        {
            (process, incarnation) = start();
        }
        catch (RunException problem)
        {
            return ($"{name} was not started: {problem.Message}", null);
        }

        await using var owned = process;
        var linkLost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            (_linkLost, _incarnation) = (linkLost, incarnation);
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(() => stopped.TrySetResult());
        if (await Task.WhenAny(process.EndedAsync, linkLost.Task, stopped.Task) == linkLost.Task)
        {
            await Task.WhenAny(process.EndedAsync, time.PauseAsync(grace, stop));
            if (ending.IsCancellationRequested)
            {
                await Task.WhenAny(process.EndedAsync, stopped.Task); // at the end of a run all links are, and the process is about to go
            }
            else if (!process.EndedAsync.IsCompleted)
            {
                note($"{name} (process {process.ProcessId}) is killed: its link was lost, and it did not end by itself");
                process.Kill();
                await process.EndedAsync;
            }
        }

        return process.EndedAsync.IsCompleted && await process.EndedAsync is var code
            ? ($"{name} (process {process.ProcessId}) ended with exit code {code}", code)
            : ("", null);
    }
}
