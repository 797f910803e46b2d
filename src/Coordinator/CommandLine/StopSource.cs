namespace MoR.Coordinator.CommandLine;

/// <summary>
/// Turns stop signals into cancellation: the first asks the command to stop, the second ends the process.
/// </summary>
/// <param name="exitNow">Ends the process at once with an exit code.</param>
public sealed class StopSource(Action<int> exitNow) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Action _tell = () => { };
    private int _signals;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stopping.Token;

    /// <summary>Has the first signal call <paramref name="tell"/> before it cancels.</summary>
    public void WhenStopping(Action tell) => _tell = tell;

    /// <summary>Takes a signal, by its number: 2 for SIGINT, 15 for SIGTERM.</summary>
    public void Signal(int number)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            exitNow(128 + number);
            return;
        }

        _tell();
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
