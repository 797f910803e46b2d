using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Models;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Steps on two nodes with latency added to every connection, each way: one micro-batch at a time beside two.</summary>
internal sealed class WindowUnderLatency(BenchmarkRun run, ClusterSurroundings around)
{
    private const double LeastOfOne = 1.3;
    private const int Batches = 10;
    private const int StepsPerTurn = 1;
    private const string One = "window 1", Two = "window 2";
    private static readonly TimeSpan latency = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures.</summary>
    public async Task<Part> MeasureAsync(MadeModel made, LoadedBackbone backbone, CancellationToken stop)
    {
        var delayed = around with
        {
            Transport = _ => new ObservedTransport(around.Transport(null), stream => new DelayedStream(stream, latency, run.Time)),
        };
        await using var steps = await NodeSteps.StartAsync(run, made, backbone, delayed, Batches, stop);
        using var one = steps.Stepping(One, window: 1);
        using var two = steps.Stepping(Two, window: 2);
        await one.RunAsync(StepsPerTurn, stop);
        await two.RunAsync(StepsPerTurn, stop);
        var contest = await Contest.HoldAsync([one, two], StepsPerTurn, run.Rounds, run.Terminal.Progress, stop);
        if (steps.Retries > 0)
        {
            throw new RunException(
                "nodes", $"{steps.Retries} requests were sent again, so nodes were late or lost",
                "Look for what else runs on this machine.");
        }

        return new Part(
            [
                new Figure(
                    "window_2", "throughput of window 2, of window 1's, with 5 ms of latency", contest.Speedup(Two, One), LeastOfOne,
                    IsMost: false),
            ],
            new JsonObject
            {
                ["latency"] = new JsonObject
                {
                    ["added_milliseconds_each_way"] = latency.TotalMilliseconds,
                    ["micro_batches"] = run.Shape.Sequences / run.Shape.MicroBatchSequences,
                    ["seconds_window_1"] = contest.Seconds(One).ToJson(),
                    ["seconds_window_2"] = contest.Seconds(Two).ToJson(),
                },
            });
    }
}
