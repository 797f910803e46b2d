namespace MoR.Coordinator.Benchmarks.Tokenization;

/// <summary>Work on a text on one thread. What must not be measured is done before.</summary>
/// <param name="name">Its name.</param>
/// <param name="time">Measures.</param>
/// <param name="prepare">Gives the measured work.</param>
internal sealed class TokenizerContender(string name, TimeProvider time, Func<Action> prepare) : IContender
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var seconds = 0.0;
        for (var i = 0; i < times; i++)
        {
            stop.ThrowIfCancellationRequested();
            var work = prepare();
            var began = time.GetTimestamp();
            work();
            seconds += time.GetElapsedTime(began).TotalSeconds;
        }

        return Task.FromResult(new Turn(seconds, []));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
