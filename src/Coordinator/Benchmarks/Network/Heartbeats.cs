using System.Text.Json.Nodes;
using MoR.Cluster.Links;
using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>
/// Signs of life while a gigabyte waits in a link whose other end reads 128 MiB/s, so that it takes eight heartbeats: the longest time
/// without a byte at the end that receives, and at the end that sends, which hears nothing but heartbeats.
/// </summary>
internal sealed class Heartbeats(BenchmarkRun run, ClusterSurroundings around)
{
    private const int Messages = 16;
    private const long MessageBytes = 64 << 20;
    private const long BytesPerSecond = 128 << 20;

    /// <summary>A heartbeat that waited behind another write, or a timer on a busy machine.</summary>
    private const double MostIntervals = 1.5;

    /// <summary>Measures once.</summary>
    public async Task<Part> MeasureAsync(CancellationToken stop)
    {
        run.Terminal.Progress("a gigabyte in the queue");
        using var peer = PeerProcess.Start();
        await using var link = await MadeLink.ConnectAsync(peer, BytesPerSecond, around, run.Time, stop);
        using var message = MadeLink.Message(MessageBytes);
        var began = run.Time.GetTimestamp();
        link.Stream.Restart();
        await link.SendAsync(message, Messages, atOnce: Messages);
        var seconds = run.Time.GetElapsedTime(began).TotalSeconds;
        var atSender = link.Stream.LargestGap().TotalSeconds;
        var atReceiver = (double)(await link.EndAsync())["largest_gap_seconds"]!;
        var interval = new LinkOptions().Heartbeat.TotalSeconds;
        return new Part(
            [
                new Figure(
                    "heartbeat_gap", "longest silence while 1 GiB was queued, of the heartbeat's interval",
                    new Samples([Math.Max(atSender, atReceiver) / interval]), MostIntervals, IsMost: true),
            ],
            new JsonObject
            {
                ["heartbeats"] = new JsonObject
                {
                    ["queued_bytes"] = Messages * MessageBytes,
                    ["seconds"] = seconds,
                    ["interval_seconds"] = interval,
                    ["largest_gap_seconds_at_sender"] = atSender,
                    ["largest_gap_seconds_at_receiver"] = atReceiver,
                },
            });
    }
}
