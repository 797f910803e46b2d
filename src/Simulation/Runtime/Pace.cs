namespace MoR.Simulation.Runtime;

/// <summary>Has virtual time pass slowly enough to be watched: short times as they are, long ones shortened.</summary>
/// <param name="isWatched">Whether somebody watches; else nothing is waited for.</param>
/// <param name="stop">Ends the waiting.</param>
internal sealed class Pace(bool isWatched, CancellationToken stop)
{
    private const double MostPause = 0.4;
    private const double PauseForEachEvent = 0.12;

    /// <summary>Waits before an event is shown.</summary>
    /// <param name="since">Virtual time since the event before it.</param>
    public void Wait(TimeSpan since)
    {
        if (isWatched)
        {
            stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(PauseForEachEvent + Math.Min(MostPause, since.TotalSeconds / 10)));
        }

        stop.ThrowIfCancellationRequested();
    }
}
