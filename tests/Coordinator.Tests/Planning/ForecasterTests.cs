using MoR.Coordinator.Planning;
using MoR.Torch;

namespace MoR.Coordinator.Tests.Planning;

/// <summary>The model against cases that a person can compute.</summary>
public sealed class ForecasterTests
{
    private static readonly LinkSpeed TenGigabits = LinkSpeed.Of(10, 0.1);

    /// <summary>docs/PLANNING.md: 16.8 MB per token each way, at most 74 tokens/s whatever the number of nodes. Forward the Δ rows
    /// fill the way back, backward the way out, so micro-batches in step with each other reach 57.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(1024)]
    public void Seven_billion_parameters_in_float32_fill_ten_gigabits_with_74_tokens_per_second_at_most(int nodes)
    {
        var run = PlannedRuns.Of("llama-2-7b");

        var forecast = new Forecaster(PlannedRuns.Gpu, TenGigabits).Experts(run, nodes);

        Assert.Equal(16.843e6, run.Traffic.ForwardBytes, 1e3);
        Assert.Equal(74, run.Traffic.TokensPerSecond(10e9), 0.3);
        Assert.InRange(forecast.TokensPerSecond, 50, 74.3);
        Assert.Equal(Bottleneck.Link, forecast.Bottleneck);
    }

    /// <summary>16,384 tokens of 2 × 16.8 MB, against 664 MB of parameters out and four times 664 MB of gradients in, where a worker
    /// trains all four micro-batches.</summary>
    [Fact]
    public void A_worker_moves_about_170_times_fewer_bytes()
    {
        var run = PlannedRuns.Of("llama-2-7b");
        var forecaster = new Forecaster(PlannedRuns.Gpu, LinkSpeed.Local);

        var (experts, workers) = (forecaster.Experts(run, 1), forecaster.Workers(run, 1));

        Assert.InRange((experts.BytesOut + experts.BytesIn) / (workers.BytesOut + workers.BytesIn), 160, 180);
    }

    [Fact]
    public void Where_only_operations_cost_a_step_takes_their_number_by_the_rate()
    {
        const double Rate = 1e9;
        var run = PlannedRuns.Small;
        var machine = PlannedRuns.Free with { OperationsPerSecond = Rate, ExpertOperationsPerSecond = Rate };

        var step = new Forecaster(machine, LinkSpeed.Local).InProcess(run).Times.Step;

        var expected = run.Tokens * TokenWork.Of(run.Config, run.Spec, run.Length).Operations / Rate;
        Assert.Equal(expected, step, expected * 1e-9);
    }

    /// <summary>Two layers of four points, forward and back, there and back each; then the new parameters go out.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(5, 2, 3)]
    public void A_window_hides_latency(int microBatches, int window, int rounds)
    {
        var run = PlannedRuns.Small with { MicroBatches = microBatches, Window = window };
        var forecaster = new Forecaster(PlannedRuns.Free, new LinkSpeed(double.PositiveInfinity, 1e-3, IsLocal: false));

        var forecast = forecaster.Experts(run, 2);

        Assert.Equal((rounds * 2 * 4 * 2 * 2 * 1e-3) + 1e-3, forecast.Times.Step, 1e-9);
        Assert.Equal(Bottleneck.Waiting, forecast.Bottleneck);
    }

    [Theory]
    [InlineData(8, 1, 1)]
    [InlineData(8, 2, 0.5)]
    [InlineData(8, 3, 0.375)]
    [InlineData(8, 8, 0.125)]
    [InlineData(8, 1024, 0.125)]
    [InlineData(1, 4, 1)]
    public void A_node_has_whole_shards(int shards, int nodes, double share) =>
        Assert.Equal(share, StepArithmetic.BusiestShare(shards, nodes), 1e-12);

    [Fact]
    public void Nodes_of_one_machine_share_its_cores_and_nodes_of_their_own_do_not()
    {
        var run = PlannedRuns.Small;
        var machine = PlannedRuns.TwoCores with { SecondsPerWireByte = 0, SecondsPerMessage = 0 };
        var local = new Forecaster(machine, LinkSpeed.Local);

        var alone = local.InProcess(run).Times.Step;
        var times = new[] { 1, 2, 4 }.Select(nodes => local.Experts(run, nodes).Times.Step).ToList();
        var remote = new Forecaster(machine, new LinkSpeed(double.PositiveInfinity, 0, IsLocal: false)).Experts(run, 8).Times.Step;

        Assert.All(times, time => Assert.InRange(time, alone, 1.2 * alone));
        Assert.True(remote < alone, $"{remote} with eight machines, {alone} alone");
    }

    [Fact]
    public void What_nodes_cost_on_one_machine_is_bytes_and_messages()
    {
        var run = PlannedRuns.Small;
        var machine = PlannedRuns.Free with { SecondsPerWireByte = 1e-9 };
        var (rows, experts) = (run.Tokens * run.Traffic.ForwardBytes, new StepArithmetic(run, machine).ExpertBytes);

        var forecast = new Forecaster(machine, LinkSpeed.Local).Experts(run, 2);

        // Rows both ways, gradients of each micro-batch, and the parameters once: at both ends, by one of two threads.
        var expected = 1e-9 * 2 * ((2 * rows) + (run.MicroBatches * experts) + experts) / 2;
        Assert.Equal(expected, forecast.Times.Coordinator, expected * 0.01);
    }

    [Fact]
    public void Workers_and_the_coordinator_divide_the_micro_batches_and_workers_without_one_only_cost()
    {
        var run = PlannedRuns.Of("llama-2-7b") with { MicroBatches = 8 };
        var forecaster = new Forecaster(PlannedRuns.Gpu, LinkSpeed.Of(100, 0.01));

        var alone = forecaster.InProcess(run).Times.Step;
        var times = new[] { 1, 3, 7, 1023 }.Select(nodes => forecaster.Workers(run, nodes).Times.Step).ToList();

        // The coordinator has its share, so that places are one more than workers.
        Assert.InRange(alone / times[0], 1.6, 2.05);
        Assert.InRange(times[0] / times[1], 1.5, 2.05);
        Assert.InRange(times[1] / times[2], 1.2, 2.05);
        Assert.True(times[3] > times[2], "a thousand workers get their parameters for nothing");
    }

    [Fact]
    public void More_bandwidth_never_makes_a_step_longer_and_more_latency_never_shorter()
    {
        var run = PlannedRuns.Of("tinyllama-1.1b");
        var wide = new double[] { 1, 10, 25, 100, 400 }.Select(giga =>
            new Forecaster(PlannedRuns.Gpu, LinkSpeed.Of(giga, 0.1)).Experts(run, 4).Times.Step).ToList();
        var far = new[] { 0.01, 0.1, 1, 10 }.Select(milliseconds =>
            new Forecaster(PlannedRuns.Gpu, LinkSpeed.Of(10, milliseconds)).Experts(run, 4).Times.Step).ToList();

        Assert.Equal(wide.OrderDescending(), wide);
        Assert.Equal(far.Order(), far);
    }

    [Fact]
    public void Rows_of_two_bytes_need_half_the_link()
    {
        var run = PlannedRuns.Of("llama-2-7b");
        var forecaster = new Forecaster(PlannedRuns.Gpu, TenGigabits);

        var (four, two) = (forecaster.Experts(run, 8).Times, forecaster.Experts(run with { Wire = WireType.Bf16 }, 8).Times);

        Assert.InRange(four.Out / two.Out, 1.95, 2);
        Assert.InRange(four.Step / two.Step, 1.7, 2.1);
    }

    [Fact]
    public void Seventy_billion_parameters_on_1024_nodes_are_predicted_in_both_roles()
    {
        var run = PlannedRuns.Of("llama-2-70b") with { WeightBytes = 2 };
        var forecaster = new Forecaster(PlannedRuns.Gpu, TenGigabits);

        foreach (var forecast in new[] { forecaster.Experts(run, 1024), forecaster.Workers(run, 1024) })
        {
            Assert.True(double.IsFinite(forecast.TokensPerSecond) && forecast.TokensPerSecond > 0);
            Assert.False(forecast.Fits, "138 GB of weights fit into 80 GiB");
            Assert.InRange(forecast.Coordinator.Peak, 138e9, 900e9);
            Assert.All(forecast.Parts, part => Assert.InRange(part.Utilisation, 0, 1));
        }
    }
}
