using MoR.Cluster.Errors;

namespace MoR.Coordinator.Runs;

/// <summary>
/// Keeps <c>status.json</c> of a run: at once when the session begins to do something else, and between steps at most once in
/// <see cref="Interval"/>. That it cannot be written ends nothing.
/// </summary>
/// <param name="folder">The run's folder, locked.</param>
/// <param name="command">What goes on with the run.</param>
/// <param name="steps">Steps of the whole run.</param>
/// <param name="time">The clock.</param>
public sealed class StatusWriter(RunFolder folder, string command, long steps, TimeProvider time)
{
    /// <summary>The least time between two writings in the same state.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private RunStatus _status = new()
    {
        State = RunState.Evaluating,
        Command = command,
        Steps = steps,
        Began = time.GetUtcNow(),
    };

    private long? _writtenAt;

    /// <summary>Tells of the nodes; null where there are none.</summary>
    public Func<Task<ClusterStatus>>? Cluster { get; set; }

    /// <summary>The arguments that go on with the run as it is now, besides its folder.</summary>
    public string Arguments
    {
        get => _status.Arguments;
        set => _status = _status with { Arguments = value };
    }

    /// <summary>The session does something else now, or has ended.</summary>
    public async Task EnterAsync(RunState state, long step, string? problem = null)
    {
        _status = _status with { State = state, Step = step, Problem = problem };
        await WriteAsync();
    }

    /// <summary>A step was made.</summary>
    /// <param name="step">Which.</param>
    /// <param name="loss">Its loss, nats.</param>
    /// <param name="tokensPerSecond">Its speed.</param>
    /// <param name="left">How long the rest will take.</param>
    public async Task StepAsync(long step, double loss, double tokensPerSecond, TimeSpan left)
    {
        var isOther = _status.State != RunState.Training;
        _status = _status with
        {
            State = RunState.Training,
            Step = step,
            Loss = loss,
            TokensPerSecond = tokensPerSecond,
            SecondsLeft = left.TotalSeconds,
        };
        if (isOther || _writtenAt is not { } at || time.GetElapsedTime(at) >= Interval)
        {
            await WriteAsync();
        }
    }

    /// <summary>Does something of which a failure ends the session, and records that.</summary>
    public async Task<T> WatchAsync<T>(Func<Task<T>> doing)
    {
        try
        {
            return await doing();
        }
        catch (Exception problem)
        {
            await EndAsync(problem, _status.Step);
            throw;
        }
    }

    /// <summary>The session ended by an exception.</summary>
    public Task EndAsync(Exception problem, long step) => problem is OperationCanceledException
        ? EnterAsync(RunState.Interrupted, step)
        : EnterAsync(RunState.Failed, step, problem.Message);

    private async Task WriteAsync()
    {
        _writtenAt = time.GetTimestamp();
        _status = _status with
        {
            Written = time.GetUtcNow(),
            Cluster = Cluster is { } cluster ? await cluster() : null,
        };
        try
        {
            folder.WriteStatus(_status);
        }
        catch (MorException)
        {
            // A courtesy to whoever looks; a disk that fails shows where it matters.
        }
    }
}
