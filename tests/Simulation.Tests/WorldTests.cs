using MoR.Simulation.Faults;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Tests;

public sealed class WorldTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_seed_has_the_same_trace_each_time(ulong seed)
    {
        var (first, second) = (new World(seed).Run(), new World(seed, traceLines: 100).Run());

        Assert.Null(first.Broken);
        Assert.Equal(first.TraceHash, second.TraceHash);
        Assert.Equal(first.Callbacks, second.Callbacks);
        Assert.NotEqual(first.TraceHash, new World(seed + 1).Run().TraceHash);
    }

    [Fact]
    public void An_undisturbed_cluster_makes_every_step_without_a_fault()
    {
        var world = new World(4, plan: []);
        var result = world.Run();

        Assert.Null(result.Broken);
        Assert.Equal(world.Model.Steps, result.Steps);
        Assert.Empty(result.Faults);
        Assert.True(result.Lasted < TimeSpan.FromMinutes(1), $"it took {result.Lasted}");
    }

    [Fact]
    public void The_laws_hold_in_forty_worlds_and_every_kind_of_fault_comes()
    {
        var results = Enumerable.Range(1001, 40).Select(seed => new World((ulong)seed).Run()).ToList();

        Assert.Equal([], results.Where(result => result.Broken is not null).Select(result => $"seed {result.Seed}: {result.Broken}"));
        AreLargeEnough(results);
        Assert.True(results.SelectMany(result => result.Faults.Keys).Distinct().Count() >= 20);
        Assert.True(results.Count(result => result.ByWorkers > 0) >= 10, "few worlds have workers");
    }

    [Fact]
    [Trait("Tier", "sim")]
    public void The_laws_hold_in_ten_thousand_worlds()
    {
        var results = Runtime.SeedThreads.Run(
            1, 10_000, Environment.ProcessorCount, seed => new World(seed).Run(), _ => { }, CancellationToken.None);

        Assert.Equal([], results.Where(result => result.Broken is not null).Select(result => $"seed {result.Seed}: {result.Broken}"));
        AreLargeEnough(results);
        Assert.Equal(Enum.GetValues<FaultKind>(), results.SelectMany(result => result.Faults.Keys).Distinct().Order());
    }

    [Fact]
    [Trait("Tier", "sim")]
    public void The_true_numbers_are_those_of_the_undisturbed_run_in_200_worlds()
    {
        var results = Runtime.SeedThreads.Run(
            1, 200, Environment.ProcessorCount, seed => new World(seed, isReal: true).Run(), _ => { }, CancellationToken.None);

        Assert.Equal([], results.Where(result => result.Broken is not null).Select(result => $"seed {result.Seed}: {result.Broken}"));
    }

    [Fact]
    public void The_true_numbers_are_those_of_the_undisturbed_run_in_a_world()
    {
        var (first, second) = (new World(2, isReal: true).Run(), new World(2, isReal: true).Run());

        Assert.Null(first.Broken);
        Assert.Equal(20, first.Steps);
        Assert.Equal(first.TraceHash, second.TraceHash);
    }

    [Fact]
    public void A_range_gives_the_same_whatever_the_number_of_threads()
    {
        Assert.Equal(Hashes(1), Hashes(3));

        static IEnumerable<ulong> Hashes(int threads) => Runtime.SeedThreads.Run(
            5, 6, threads, seed => new World(seed).Run().TraceHash, _ => { }, CancellationToken.None);
    }

    private static void AreLargeEnough(IEnumerable<WorldResult> results) => Assert.All(results, result => Assert.True(
        result is { Nodes: >= 3, Steps: >= 20 } && result.Faults.Values.Sum() >= 3,
        $"seed {result.Seed}: {result.Nodes} nodes, {result.Steps} steps, {result.Faults.Values.Sum()} faults"));
}
