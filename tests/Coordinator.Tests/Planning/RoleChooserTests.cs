using MoR.Coordinator.Planning;

namespace MoR.Coordinator.Tests.Planning;

public sealed class RoleChooserTests
{
    [Fact]
    public void Over_ten_gigabits_a_large_backbone_wants_workers()
    {
        var run = PlannedRuns.Of("llama-2-7b") with { Window = 1, WeightBytes = 2 };

        var choice = RoleChooser.Choose(new Forecaster(PlannedRuns.Gpu, LinkSpeed.Of(10, 0.1)), run, 4);

        Assert.Equal(NodeRole.Worker, choice.Forecast.Role);
        Assert.Contains("4 workers", choice.Reason, StringComparison.Ordinal);
        Assert.Contains("(taken)", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_link_wants_nobody()
    {
        var run = PlannedRuns.Of("llama-2-7b") with { MicroBatches = 2 };

        var machine = PlannedRuns.Gpu with { MemoryBytes = long.MaxValue };
        var choice = RoleChooser.Choose(new Forecaster(machine, LinkSpeed.Of(0.1, 20)), run, 2);

        Assert.Equal(NodeRole.InProcess, choice.Forecast.Role);
    }

    /// <summary>One micro-batch cannot be divided among workers, and experts of a high rank are most of the work.</summary>
    [Fact]
    public void Large_experts_and_one_micro_batch_want_expert_nodes()
    {
        var small = PlannedRuns.Small;
        var run = small with { MicroBatches = 1, Spec = PlannedRuns.Spec(layers: 2, rank: 256) };
        var machine = PlannedRuns.TwoCores with { MemoryBytesPerSecond = 1e12 };

        var choice = RoleChooser.Choose(new Forecaster(machine, LinkSpeed.Of(100, 0.005)), run, 8);

        Assert.Equal(NodeRole.Expert, choice.Forecast.Role);
    }

    [Fact]
    public void Local_nodes_are_never_faster_than_one_process()
    {
        var forecaster = new Forecaster(PlannedRuns.TwoCores, LinkSpeed.Local);

        Assert.All(new[] { 1, 2, 4 }, nodes =>
            Assert.Equal(NodeRole.InProcess, RoleChooser.Choose(forecaster, PlannedRuns.Small, nodes).Forecast.Role));
        Assert.NotEqual(NodeRole.InProcess, RoleChooser.ChooseAmongNodes(forecaster, PlannedRuns.Small, 2).Forecast.Role);
    }

    [Fact]
    public void A_worker_that_does_not_fit_is_not_chosen_and_where_nothing_fits_that_is_said()
    {
        var run = PlannedRuns.Of("llama-2-7b");
        var link = LinkSpeed.Of(10, 0.1);
        var small = new Forecaster(PlannedRuns.Gpu with { MemoryBytes = 8L << 30 }, link);

        var choice = RoleChooser.Choose(small, run, 4);

        Assert.False(choice.Forecast.Fits);
        Assert.Contains("nothing fits", choice.Reason, StringComparison.Ordinal);
        Assert.Equal(NodeRole.InProcess, RoleChooser.Choose(small, run, 0).Forecast.Role);
    }

    [Fact]
    public void Advice_is_predicted_and_the_best_comes_first()
    {
        var run = PlannedRuns.Of("llama-2-7b");
        var forecaster = new Forecaster(PlannedRuns.Gpu, LinkSpeed.Of(10, 0.1));

        var advice = Advice.For(forecaster, run, forecaster.Experts(run, 8), mostNodes: 8);

        Assert.Equal(advice.OrderByDescending(change => change.Speedup), advice);
        Assert.Equal(forecaster.Workers(run, 8).TokensPerSecond, advice.Single(change =>
            change.What.Contains("role worker", StringComparison.Ordinal)).After.TokensPerSecond);
        Assert.All(advice, change => Assert.True(change.Speedup >= 1.1, change.What));
    }

    [Fact]
    public void Advice_names_the_wire_where_rows_fill_the_link_of_a_single_micro_batch()
    {
        var run = PlannedRuns.Of("tinyllama-1.1b") with { MicroBatches = 1 };
        var machine = PlannedRuns.Gpu with { OperationsPerSecond = 1e11, ExpertOperationsPerSecond = 1e11 };
        var slow = new Forecaster(machine, LinkSpeed.Of(1, 0.1));

        var advice = Advice.For(slow, run, slow.Experts(run, 8), mostNodes: 8);

        Assert.Contains(advice, change => change.What.StartsWith("set numerics.wire to int8", StringComparison.Ordinal));
    }

    [Fact]
    public void Advice_cuts_micro_batches_for_workers_that_would_have_none()
    {
        var run = PlannedRuns.Of("llama-2-7b") with { MicroBatches = 2 };
        var forecaster = new Forecaster(PlannedRuns.Gpu, LinkSpeed.Of(100, 0.1));

        var advice = Advice.For(forecaster, run, forecaster.Workers(run, 2), mostNodes: 8);

        Assert.Contains(advice, change => change.What == "set training.micro_batch_sequences to 2 and take 8 workers");
    }
}
