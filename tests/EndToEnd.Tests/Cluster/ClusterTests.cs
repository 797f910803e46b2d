using System.Net;
using System.Net.Sockets;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Law 1 over real processes: wherever the experts are, and whatever happens to their nodes, the adapter is that of one
/// process.</summary>
public sealed class ClusterTests(ClusterTests.OneProcess one) : IClassFixture<ClusterTests.OneProcess>
{
    private const int Kill = 9;
    private const int Stop = 19;
    private const int Terminate = 15;

    [Theory]
    [InlineData("--nodes", "1")]
    [InlineData("--nodes", "2", "--set", "training.window=3")]
    [InlineData("--nodes", "3", "--set", "cluster.replicas=2", "--set", "numerics.threads=3")]
    public async Task Nodes_and_replicas_change_no_bit(params string[] options)
    {
        using var world = new TinyWorld();

        var run = (await MorProcess.RunAsync([.. Train(world), .. options])).Succeeded();

        one.AssertSame(run);
        Assert.Equal(long.Parse(options[1]), (long)run.Json["nodes"]!);
    }

    [Theory]
    [InlineData(Kill, "1")]
    [InlineData(Kill, "2")]
    [InlineData(Stop, "1")]
    public async Task A_node_that_dies_or_hangs_costs_no_update(int signal, string replicas)
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--nodes", "2", "--set", $"cluster.replicas={replicas}"]);

        var holder = 0;
        await run.AtStepAsync(world["run"], 5, () => run.SignalChild((holder = LocalHolder(world["run"])) - 1, signal));
        var ended = (await run.EndAsync()).Succeeded();

        one.AssertSame(ended);
        var log = RunFiles.Log(world["run"]);
        Assert.Matches(@$"node-{holder} \(127\.0\.0\.1:\d+\) was lost: ", log);
        Assert.Matches(@$"node-{holder} \(process \d+\) ended with exit code 137; it is started again in 0\.25 s", log);
        if (signal == Stop)
        {
            // The silence limit, and the lateness of its timer that is still believed.
            Assert.Contains("seconds, and 5.0 are allowed", log, StringComparison.Ordinal);
            Assert.InRange(double.Parse(log.Split("nothing was heard for ")[1].Split(' ')[0]), 5.0, 6.1);
        }
    }

    [Fact]
    public async Task Nodes_join_by_a_token_come_back_and_leave_with_the_run()
    {
        using var world = new TinyWorld();
        File.WriteAllText(world["token"], "a secret of the tests\n");
        await using var run = MorProcess.Start(
            [.. Train(world), "--listen", "127.0.0.1:0", "--expect", "2", "--token-file", world["token"]]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var first = StartNode(address, "first", world);
        await using var second = StartNode(address, "second", world);
        await run.AtStepAsync(world["run"], 3, () =>
        {
            first.Kill();
            second.Kill(); // so that the run waits for the one that comes back
        });
        await using var again = StartNode(address, "first", world);

        one.AssertSame((await run.EndAsync()).Succeeded());
        Assert.Equal(0, (await again.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_by_name_and_training_goes_on()
    {
        using var world = new TinyWorld();
        File.WriteAllText(world["token"], "a secret of the tests\n");
        File.WriteAllText(world["other"], "another secret of them\n");
        await using var run = MorProcess.Start(
            [.. Train(world), "--listen", "127.0.0.1:0", "--expect", "1", "--token-file", world["token"]]);
        var address = await run.UntilListeningAsync(world["run"]);

        await using var stranger = MorProcess.Start(
            "expert", "--coordinator", address, "--name", "stranger", "--token-file", world["other"], "--retry-seconds", "0");
        var refused = await stranger.EndAsync();
        await using var node = StartNode(address, "node", world);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("token", refused.Error, StringComparison.Ordinal);
        one.AssertSame((await run.EndAsync()).Succeeded());
    }

    [Fact]
    public async Task Without_any_node_the_run_saves_says_so_and_goes_on_later()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start(
            [.. Train(world), "--listen", "127.0.0.1:0", "--expect", "1", "--set", "cluster.wait_seconds=1"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var node = MorProcess.Start("expert", "--coordinator", address);
        await run.AtStepAsync(world["run"], 7, node.Kill);

        var ended = await run.EndAsync();

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("no node has held shard", ended.Error, StringComparison.Ordinal);
        var resumed = (await MorProcess.RunAsync("train", "--resume", world["run"])).Succeeded();
        one.AssertSame(resumed);
    }

    [Fact]
    public async Task A_coordinator_that_is_killed_and_goes_on_finds_its_nodes_again()
    {
        using var world = new TinyWorld();
        string[] listen = ["--listen", "127.0.0.1:0", "--expect", "1"];
        await using var run = MorProcess.Start([.. Train(world), .. listen]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var node = MorProcess.Start("expert", "--coordinator", address, "--name", "node");
        await run.AtStepAsync(world["run"], 12, run.Kill);
        await run.EndAsync();

        var resumed = (await MorProcess.RunAsync(
            "train", "--resume", world["run"], "--listen", address, "--expect", "1")).Succeeded();

        one.AssertSame(resumed);
        Assert.Equal(0, (await node.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_node_that_is_asked_to_end_leaves_between_steps_and_with_0()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--listen", "127.0.0.1:0", "--expect", "2"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var stays = MorProcess.Start("expert", "--coordinator", address, "--name", "stays");
        await using var leaves = MorProcess.Start("expert", "--coordinator", address, "--name", "leaves");

        await run.AtStepAsync(world["run"], 3, () => leaves.Signal(Terminate));

        Assert.Equal(0, (await leaves.EndAsync()).ExitCode);
        var ended = (await run.EndAsync()).Succeeded();
        one.AssertSame(ended);
        Assert.Equal(0, (long)ended.Json["retries"]!);
    }

    [Fact]
    public async Task An_interrupted_run_says_how_to_go_on_with_its_nodes()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--nodes", "1"]);
        await run.AtStepAsync(world["run"], 3, () => run.Signal(Terminate));

        var ended = await run.EndAsync();

        Assert.Equal(3, ended.ExitCode);
        Assert.Matches("go on with: .* --resume .* --nodes 1", ended.Error);
        Assert.DoesNotContain("shards are on", ended.Error.Split("interrupted after step")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_interrupted_while_it_waits_for_nodes_says_how_to_go_on()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--no-eval", "--listen", "127.0.0.1:0", "--expect", "1"]);
        await run.UntilListeningAsync(world["run"]);
        run.Signal(Terminate);

        var ended = await run.EndAsync();

        Assert.Equal(3, ended.ExitCode);
        Assert.Matches("go on with: .* --resume .* --no-eval --listen 127.0.0.1:0 --expect 1\n", ended.Error);
        one.AssertSame((await MorProcess.RunAsync("train", "--resume", world["run"])).Succeeded());
    }

    [Fact]
    public async Task An_address_that_is_taken_is_found_before_there_is_a_run()
    {
        using var world = new TinyWorld();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var refused = await MorProcess.RunAsync([.. Train(world), "--listen", $"{other.LocalEndpoint}"]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"{other.LocalEndpoint}", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(world["run"]));
    }

    [Fact]
    public async Task Local_nodes_end_with_their_parent_however_it_ends()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--nodes", "2"]);
        IReadOnlyList<int> children = [];
        await run.AtStepAsync(world["run"], 2, () =>
        {
            children = run.Children();
            run.Kill();
        });
        await run.EndAsync();
        Assert.Equal(2, children.Count);

        foreach (var child in children)
        {
            await MorProcess.UntilGoneAsync(child);
        }
    }

    /// <summary>The number of a local node that holds a shard, by the log.</summary>
    private static int LocalHolder(string run) =>
        int.Parse(RunFiles.Log(run).Split("shards are on node-")[^1].Split(':')[0]);

    private static string[] Train(TinyWorld world) => ["train", world.Recipe, "--output", world["run"]];

    private static MorProcess StartNode(string address, string name, TinyWorld world) =>
        MorProcess.Start("expert", "--coordinator", address, "--name", name, "--token-file", world["token"]);

    /// <summary>The run without nodes that all others must equal.</summary>
    public sealed class OneProcess : IAsyncLifetime, IDisposable
    {
        private readonly TinyWorld _world = new();
        private string _hash = "";

        public async Task InitializeAsync() => _hash = (await MorProcess.RunAsync(Train(_world))).Succeeded().AdapterSha256;

        internal void AssertSame(MorRun run) => Assert.Equal(_hash, run.AdapterSha256);

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _world.Dispose();
    }
}
