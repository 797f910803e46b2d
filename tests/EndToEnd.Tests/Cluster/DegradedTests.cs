using System.Globalization;
using System.Text.Json.Nodes;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>
/// Nodes that have no room for each other's shards: what a run does when one is lost for good, over real processes. Each node of
/// these tests has room for one of the two shards.
/// </summary>
public sealed class DegradedTests(ClusterTests.OneProcess one) : IClassFixture<ClusterTests.OneProcess>
{
    private const int Interrupt = 2;

    /// <summary>Of the tiny world: 2 layers, 2 experts, rank 2, 7 linears; and what a node needs to have room for 1.5 of them.</summary>
    private const long ShardBytes = 2 * 2 * 464 * sizeof(float);
    private const long NodeBytes = 6 * ShardBytes;

    [Fact]
    public async Task A_run_that_may_goes_on_without_a_lost_shard_says_so_and_takes_it_up_again()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start(
            [.. Train(world), "--steps", "100000", "--set", "cluster.when_lost=mask", "--set", "checkpoint.every_steps=1000"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var first = StartNode(address, "first");
        await using var second = StartNode(address, "second");
        await run.UntilLinesAsync(world["run"], 3);

        first.Kill();
        await first.EndAsync();
        await run.UntilAsync("it says that it is degraded", () => Says(world, "DEGRADED: no node has held shard"));
        await run.UntilLinesAsync(world["run"], RunFiles.MetricLines(world["run"]) + 3);
        await using var again = StartNode(address, "first");
        await run.UntilAsync("the shard is back", () => Says(world, "all experts take part"));
        run.Signal(Interrupt);
        var ended = await run.EndAsync();

        Assert.Equal(3, ended.ExitCode);
        var steps = Assert.Single(ended.Json["degraded_steps"]!.AsArray())!;
        Assert.True((bool)ended.Json["degraded"]!);
        AssertDegraded(world, (long)steps["first"]!, (long)steps["last"]!, (int)steps["shards"]![0]!);
        await AssertMarkStays(world, (long)ended.Json["steps"]!);
    }

    [Fact]
    public async Task A_run_that_may_not_ends_with_the_bytes_that_are_missing()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--steps", "100000"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var first = StartNode(address, "first");
        await using var second = StartNode(address, "second");
        await run.UntilLinesAsync(world["run"], 3);

        first.Kill();
        var ended = await run.EndAsync();

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("for 1 s: it needs 7,424 bytes, and second (127.0.0.1:", ended.Error, StringComparison.Ordinal);
        Assert.Contains("has 3,712 bytes of 11,136 bytes left. The run is saved", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_node_no_expert_is_left_and_the_run_ends()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start(
            [.. Train(world, expect: "1"), "--steps", "100000", "--set", "cluster.when_lost=mask"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var node = MorProcess.Start("expert", "--coordinator", address, "--name", "node");
        await run.UntilLinesAsync(world["run"], 3);

        node.Kill();
        var ended = await run.EndAsync();

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("no node has held shards 0, 1 for 1 s: there is no node", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("DEGRADED", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_nothing_is_lost_nodes_with_little_memory_and_the_mask_change_no_bit()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--set", "cluster.when_lost=mask"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var first = StartNode(address, "first");
        await using var second = StartNode(address, "second");

        var ended = (await run.EndAsync()).Succeeded();

        one.AssertSame(ended);
        Assert.False((bool)ended.Json["degraded"]!);

        // Rows that the nodes could not keep for backward were sent again, which is no failure and not counted as one.
        var nodes = RunFiles.Metrics(world["run"]).Select(line => line["cluster"]?["nodes"]).OfType<JsonObject>();
        Assert.NotEqual(0, nodes.SelectMany(all => all).Sum(node => (long)node.Value!["again_bytes"]!));
    }

    [Fact]
    public async Task Nodes_that_a_run_starts_share_the_memory_of_the_machine()
    {
        using var world = new TinyWorld();

        (await MorProcess.RunAsync("train", world.Recipe, "--output", world["run"], "--nodes", "2", "--steps", "2")).Succeeded();

        var rooms = RunFiles.Log(world["run"]).Split('\n').Where(line => line.Contains(": room for ", StringComparison.Ordinal))
            .Select(line => line.Split(": room for ")[1]).ToList();
        Assert.Equal(2, rooms.Count);
        Assert.Single(rooms.Distinct());
    }

    private static string[] Train(TinyWorld world, string expect = "2") =>
        ["train", world.Recipe, "--output", world["run"], "--listen", "127.0.0.1:0", "--expect", expect, "--set", "cluster.wait_seconds=1"];

    private static MorProcess StartNode(string address, string name) => MorProcess.Start(
        "expert", "--coordinator", address, "--name", name,
        "--memory-gib", (NodeBytes / (double)(1L << 30)).ToString(CultureInfo.InvariantCulture));

    private static bool Says(TinyWorld world, string text) => RunFiles.Log(world["run"]).Contains(text, StringComparison.Ordinal);

    /// <summary>The lines of steps without a shard.</summary>
    private static List<JsonNode> Masked(TinyWorld world) =>
        [.. RunFiles.Metrics(world["run"]).Where(line => line["masked_shards"] is not null)];

    /// <summary>The steps that the run names are those of its metrics, and no row of them chose an expert of the shard.</summary>
    private static void AssertDegraded(TinyWorld world, long first, long last, int shard)
    {
        var masked = Masked(world);
        Assert.Equal(Enumerable.Range(0, (int)(last - first + 1)).Select(i => first + i), masked.Select(line => (long)line["step"]!));
        Assert.All(masked, line =>
        {
            Assert.Equal(shard, (int)Assert.Single(line["masked_shards"]!.AsArray())!);
            Assert.All(line["load"]!.AsObject(), site => Assert.Equal([0, 0], Of(site.Value!, shard)));
        });
        Assert.Contains(
            RunFiles.Metrics(world["run"]),
            line => line["load"] is { } load && load.AsObject().Any(site => Of(site.Value!, shard).Sum() > 0));

        static IEnumerable<int> Of(JsonNode load, int shard) =>
            load.AsArray().Where((_, expert) => expert % 2 == shard).Select(rows => (int)rows!);
    }

    /// <summary>Going on in one process, evaluating and exporting all tell.</summary>
    private static async Task AssertMarkStays(TinyWorld world, long steps)
    {
        var resumed = (await MorProcess.RunAsync("train", "--resume", world["run"], "--steps", $"{steps + 2}")).Succeeded();
        Assert.True((bool)resumed.Json["degraded"]!);
        Assert.Contains("steps were trained without experts that no node had", resumed.Error, StringComparison.Ordinal);
        var evaluated = (await MorProcess.RunAsync("evaluate", world["run"])).Succeeded();
        Assert.True((bool)evaluated.Json["degraded"]!);
        Assert.Contains("DEGRADED: ", evaluated.Error, StringComparison.Ordinal);
        (await MorProcess.RunAsync("export", world["run"], "--output", world["exported"])).Succeeded();
        Assert.Contains("(degraded: ", File.ReadAllText(world["exported/README.md"]), StringComparison.Ordinal);
    }
}
