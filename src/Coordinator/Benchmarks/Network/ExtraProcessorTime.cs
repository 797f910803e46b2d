using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Models;
using MoR.Model.Routing;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>
/// Processor time, of all processes, that training steps take on two nodes beyond the same steps in one process, beside that of plain
/// sockets: two peer processes, the same bytes each way at once, messages of the steps' mean size. The losses must be the same bits.
/// </summary>
internal sealed class ExtraProcessorTime(BenchmarkRun run, ClusterSurroundings around)
{
    private const double MostOfPlain = 2;
    private const int Window = 2;
    private const int ComparedSteps = 10;
    private const int StepsPerTurn = 4;
    private const string Here = "in process", There = "2 nodes", Plain = "sockets";

    /// <summary>Measures.</summary>
    public async Task<Part> MeasureAsync(MadeModel made, LoadedBackbone backbone, CancellationToken stop)
    {
        var traffic = new Traffic();
        var counted = around with { Transport = _ => new ObservedTransport(around.Transport(null), traffic.Around) };
        using var here = new StepContender(Here, made, backbone, RouterCatalogue.TopK, ComparedSteps, run.Time, run.Fatal);
        await using var steps = await NodeSteps.StartAsync(run, made, backbone, counted, ComparedSteps, stop);
        using var there = steps.Stepping(There, Window);
        await CompareAsync(here, there, stop);
        var step = await TrafficOfStepAsync(steps, there, traffic, stop);
        using var sockets = await SocketsContender.StartAsync(Plain, step, run.Time, stop);
        await sockets.RunAsync(StepsPerTurn, stop);
        var contest = await Contest.HoldAsync(
            [here, there, sockets], StepsPerTurn, run.Rounds, run.Terminal.Progress, stop);
        if (steps.Retries > 0)
        {
            throw new RunException(
                There, $"{steps.Retries} requests were sent again, so nodes were late or lost", "Look for what else runs on this machine.");
        }

        return new Part(
            [
                new Figure(
                    "extra_processor_time", "extra processor time of 2 nodes, of plain sockets'", Extra(contest, Plain), MostOfPlain,
                    IsMost: true),
            ],
            new JsonObject
            {
                ["steps"] = new JsonObject
                {
                    ["bytes_out"] = step.BytesOut,
                    ["bytes_in"] = step.BytesIn,
                    ["messages_out"] = step.MessagesOut,
                    ["messages_in"] = step.MessagesIn,
                    ["seconds_in_process"] = contest.Seconds(Here).ToJson(),
                    ["seconds_2_nodes"] = contest.Seconds(There).ToJson(),
                    ["processor_seconds_in_process"] = contest.ProcessorSeconds(Here).ToJson(),
                    ["processor_seconds_2_nodes"] = contest.ProcessorSeconds(There).ToJson(),
                    ["processor_seconds_sockets"] = contest.ProcessorSeconds(Plain).ToJson(),
                },
            });
    }

    private Samples Extra(Contest contest, string sockets) => new(Enumerable.Range(0, run.Rounds).Select(round =>
        (contest.EachProcessor(There)[round] - contest.EachProcessor(Here)[round]) / contest.EachProcessor(sockets)[round]));

    private async Task CompareAsync(IContender here, IContender there, CancellationToken stop)
    {
        run.Terminal.Progress("first steps, in process and on nodes");
        var expected = (await here.RunAsync(ComparedSteps, stop)).Losses;
        var losses = (await there.RunAsync(ComparedSteps, stop)).Losses;
        if (!losses.SequenceEqual(expected))
        {
            throw new RunException(
                There, $"its losses are [{string.Join(", ", losses)}], and in process they are [{string.Join(", ", expected)}]",
                "This is a mistake in mor: where experts are must not change a bit.");
        }
    }

    private static async Task<StepTraffic> TrafficOfStepAsync(
        NodeSteps steps, IContender there, Traffic traffic, CancellationToken stop)
    {
        var (bytes, messages) = (traffic.Bytes, steps.Messages);
        await there.RunAsync(ComparedSteps, stop);
        return new StepTraffic(
            (traffic.Bytes.Out - bytes.Out) / ComparedSteps,
            (traffic.Bytes.In - bytes.In) / ComparedSteps,
            (steps.Messages.Asked - messages.Asked) / ComparedSteps,
            (steps.Messages.Answered - messages.Answered) / ComparedSteps);
    }
}
