using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Benchmarks.Runtime;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Plain sockets that do a job.</summary>
/// <param name="socket">This process's end.</param>
/// <param name="job">The job of a turn, by how many times the work is to be done.</param>
/// <param name="peer">The process at the other end.</param>
/// <param name="time">Measures.</param>
internal sealed class PlainContender(PlainSocket socket, Func<int, PlainJob> job, int peer, TimeProvider time) : IContender
{
    /// <inheritdoc/>
    public string Name => "socket";

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        var (began, used) = (time.GetTimestamp(), ProcessorTime.Seconds([peer]));
        await socket.DoAsync(job(times));
        return new Turn(time.GetElapsedTime(began).TotalSeconds, [])
        {
            ProcessorSeconds = ProcessorTime.Seconds([peer]) - used,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
