namespace MoR.Cluster.Actors;

/// <summary>Waiting.</summary>
public static class TimeProviderExtensions
{
    /// <summary>Ends after a pause, or as soon as a stop is requested.</summary>
    public static async Task PauseAsync(this TimeProvider time, TimeSpan pause, CancellationToken stop)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopping = stop.Register(() => over.TrySetResult());
        using var timer = time.CreateTimer(_ => over.TrySetResult(), null, pause, Timeout.InfiniteTimeSpan);
        await over.Task;
    }
}
