using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Cluster.Protocol;
using MoR.Coordinator.Benchmarks.Network.Runtime;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>
/// 64 rows to a shard and their Δ back, by everything that a training step goes through but the experts' arithmetic: the peer is an
/// expert node that answers with zeros. Beside it a plain socket that sends as many bytes and is sent as many back.
/// </summary>
internal sealed class DispatchRoundTrip(BenchmarkRun run, ClusterSurroundings around)
{
    private const double MostOfPlain = 4;
    private const int Rows = 64;
    private const int TimesOfTurn = 200;
    private const int Counted = 20;

    /// <summary>Measures.</summary>
    public async Task<Part> MeasureAsync(MadeModel made, LoadedBackbone backbone, CancellationToken stop)
    {
        var traffic = new Traffic();
        var inner = around with
        {
            Transport = _ => new ObservedTransport(around.Transport(null), traffic.Around),
            Starter = new PeerNodeStarter(),
        };
        using var parameters = new ParameterVector(
            new AdapterLayout(run.Shape.Config, run.Shape.Adapter(RouterCatalogue.TopK)), float32, CPU);
        parameters.Initialise(seed: 1);
        await using var cluster = await MadeCluster.StartAsync(
            run, made, backbone, (parameters, new Dictionary<string, Tensor>()), inner, nodes: 1, stop);
        using var ours = new DispatchContender(cluster, Request(), run.Time);
        await ours.RunAsync(TimesOfTurn, stop);
        var before = traffic.Bytes;
        await ours.RunAsync(Counted, stop);
        var bytes = (
            Out: (int)((traffic.Bytes.Out - before.Out) / Counted),
            In: (int)((traffic.Bytes.In - before.In) / Counted));
        using var peer = PeerProcess.Start();
        using var socket = await PlainPeer.ConnectAsync(peer, stop);
        using var plain = new PlainContender(
            socket, times => new PlainJob(times, bytes.Out, times, bytes.In, InTurn: true), peer.Id, run.Time);
        await plain.RunAsync(TimesOfTurn, stop);
        var contest = await Contest.HoldAsync([ours, plain], TimesOfTurn, run.Rounds, run.Terminal.Progress, stop);
        return new Part(
            [
                new Figure(
                    "dispatch_round_trip", $"round trip of {Rows} rows without arithmetic, of a plain socket's",
                    contest.Speedup(plain.Name, ours.Name), MostOfPlain, IsMost: true),
            ],
            new JsonObject
            {
                ["dispatch"] = new JsonObject
                {
                    ["rows"] = Rows,
                    ["bytes_out"] = bytes.Out,
                    ["bytes_in"] = bytes.In,
                    ["microseconds"] = Microseconds(contest, ours.Name),
                    ["microseconds_socket"] = Microseconds(contest, plain.Name),
                },
            });
    }

    private static JsonObject Microseconds(Contest contest, string name) =>
        new Samples(contest.Each(name).Select(seconds => seconds * 1e6)).ToJson();

    /// <summary>Every second row of a micro-batch to both experts of shard 0, for all linears of the first dispatch point.</summary>
    private ForwardRequest Request()
    {
        var point = DispatchPoint.At(0);
        int[] experts = [.. Enumerable.Range(0, run.Shape.Experts).Where(expert => expert % run.Shape.Shards == 0)];
        int[] positions = [.. Enumerable.Range(0, Rows)];
        var x = BenchmarkFolder.Values("x", 2 * Rows, run.Shape.Config.InputWidth(point.Linears[0]));
        var gates = BenchmarkFolder.Values("gates", Rows * experts.Length);
        var route = new Route(
            positions, [.. experts.SelectMany(_ => positions)], experts, [.. experts.Select(_ => Rows)], new TorchPayload(gates));
        return new ForwardRequest(
            new RequestKey(MadeCluster.Epoch, Step: 1, MicroBatch: 0, point.Index, Shard: 0, Direction.Forward), ShardVersion: 0,
            new RowsPayload(x, [.. positions.Select(row => 2 * row)]), [route], [.. point.Linears.Select(_ => 0)]);
    }

    private sealed class DispatchContender(MadeCluster cluster, ForwardRequest request, TimeProvider time) : IContender
    {
        public string Name => "dispatch";

        public async Task<Turn> RunAsync(int times, CancellationToken stop)
        {
            var (began, used) = (time.GetTimestamp(), ProcessorTime.Seconds(cluster.Processes));
            for (var i = 0; i < times; i++)
            {
                using var reply = await cluster.Experts.ForwardAsync(request, stop);
                if (reply.Deltas.Any(delta => delta is null || delta.Shape[0] != Rows))
                {
                    throw new RunException("dispatch", "an answer has not the rows that were asked", "This is a mistake in mor.");
                }
            }

            return new Turn(time.GetElapsedTime(began).TotalSeconds, [])
            {
                ProcessorSeconds = ProcessorTime.Seconds(cluster.Processes) - used,
            };
        }

        public void Dispose()
        {
            ((RowsPayload)request.Rows).Source.Dispose();
            request.Dispose();
        }
    }
}
