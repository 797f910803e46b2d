using System.Text.Json.Nodes;
using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>
/// Tensors over a link, checksums on, into memory of their own, beside a plain socket that copies messages of the same sizes into one
/// buffer. Either goes from this process to another one, over loopback.
/// </summary>
internal sealed class LinkThroughput(BenchmarkRun run, ClusterSurroundings around)
{
    private const double LeastOfPlain = 0.7;
    private const long BytesOfTurn = 256 << 20;
    private const int AtOnce = 4;

    /// <summary>The Δ rows of 64 rows at q, k and v of the reference shape, and what a large model's might be.</summary>
    private static readonly int[] sizes = [384 << 10, 16 << 20];

    /// <summary>Measures each size.</summary>
    public async Task<Part> MeasureAsync(CancellationToken stop)
    {
        using var linked = PeerProcess.Start();
        using var plain = PeerProcess.Start();
        await using var link = await MadeLink.ConnectAsync(linked, 0, around, run.Time, stop);
        using var socket = await PlainPeer.ConnectAsync(plain, stop);
        var figures = new List<Figure>();
        var facts = new JsonObject();
        foreach (var size in sizes)
        {
            using var ours = new LinkContender(link, size, linked.Id, run.Time);
            using var copy = new PlainContender(
                socket, times => new PlainJob(times, size, 0, 0, InTurn: false), plain.Id, run.Time);
            var times = (int)(BytesOfTurn / size);
            await ours.RunAsync(times, stop);
            await copy.RunAsync(times, stop);
            var contest = await Contest.HoldAsync([ours, copy], times, run.Rounds, run.Terminal.Progress, stop);
            var name = size < 1 << 20 ? $"{size >> 10}_kib" : $"{size >> 20}_mib";
            figures.Add(new Figure(
                $"link_throughput_{name}", $"throughput of a link, messages of {name.Replace('_', ' ')}, of a plain socket's",
                contest.Speedup(ours.Name, copy.Name), LeastOfPlain, IsMost: false));
            facts[name] = new JsonObject
            {
                ["gigabytes_per_second_link"] = size / contest.Seconds(ours.Name).Median / 1e9,
                ["gigabytes_per_second_socket"] = size / contest.Seconds(copy.Name).Median / 1e9,
                ["processor_seconds_per_gigabyte_link"] = contest.ProcessorSeconds(ours.Name).Median / size * 1e9,
                ["processor_seconds_per_gigabyte_socket"] = contest.ProcessorSeconds(copy.Name).Median / size * 1e9,
            };
        }

        return new Part(figures, new JsonObject { ["throughput"] = facts });
    }

    private sealed class LinkContender(MadeLink link, long size, int peer, TimeProvider time) : IContender
    {
        private readonly MoR.Cluster.Protocol.Wire.WireMessage _message = MadeLink.Message(size);

        public string Name => "link";

        public async Task<Turn> RunAsync(int times, CancellationToken stop)
        {
            var (began, used) = (time.GetTimestamp(), ProcessorTime.Seconds([peer]));
            await link.SendAsync(_message, times, AtOnce);
            return new Turn(time.GetElapsedTime(began).TotalSeconds, [])
            {
                ProcessorSeconds = ProcessorTime.Seconds([peer]) - used,
            };
        }

        public void Dispose() => _message.Dispose();
    }
}
