namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Waiting on the clock that was passed in.</summary>
internal static class Pauses
{
    private static readonly TimeSpan grain = TimeSpan.FromMilliseconds(1);

    /// <summary>Ends after a while, rounded up to what timers tell apart; at once if that is under half of it.</summary>
    public static async Task PauseAsync(this TimeProvider time, TimeSpan pause)
    {
        if (pause < grain / 2)
        {
            return;
        }

        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = time.CreateTimer(
            _ => end.TrySetResult(), null, pause < grain ? grain : pause, Timeout.InfiniteTimeSpan);
        await end.Task;
    }
}
