using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Law 1 with whole micro-batches on workers, over real processes: whoever trains them, and whatever happens to workers, the
/// adapter is that of one process.</summary>
public sealed class WorkerTests(ClusterTests.OneProcess one) : IClassFixture<ClusterTests.OneProcess>
{
    private const int Kill = 9;
    private const int Stop = 19;
    private const int Terminate = 15;

    /// <summary>Of the tiny world: 40 steps of 3.</summary>
    private const int MicroBatches = 120;

    [Theory]
    [InlineData("--nodes", "1", "--role", "worker")]
    [InlineData("--nodes", "2", "--role", "worker", "--set", "training.window=3", "--set", "numerics.threads=3")]
    [InlineData("--nodes", "2", "--role", "worker", "--set", "training.window=1", "--set", "training.recompute=true")]
    public async Task Workers_train_every_micro_batch_and_change_no_bit(params string[] options)
    {
        using var world = new TinyWorld();

        var run = (await MorProcess.RunAsync([.. Train(world), .. options])).Succeeded();

        one.AssertSame(run);
        Assert.Equal(MicroBatches, (long)run.Json["worker_micro_batches"]!);
        Assert.Equal(0, (long)run.Json["retries"]!);
    }

    [Fact]
    public async Task Nodes_of_both_roles_share_the_work_with_the_coordinator()
    {
        using var world = new TinyWorld();

        var run = (await MorProcess.RunAsync([.. Train(world), "--nodes", "2", "--role", "expert,worker"])).Succeeded();

        one.AssertSame(run);
        Assert.InRange((long)run.Json["worker_micro_batches"]!, 1, MicroBatches - 1);
    }

    [Fact]
    public async Task Some_nodes_hold_experts_and_others_train()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--listen", "127.0.0.1:0", "--expect", "3"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var expert = StartNode(address, "expert", "--role", "expert");
        await using var worker = StartNode(address, "worker", "--role", "worker");
        Directory.Move(world.Backbone, world["moved"]);
        Directory.CreateSymbolicLink(world.Backbone, world["moved"]);
        await using var other = StartNode(address, "other", "--role", "worker", "--backbone", world["moved"]);

        var ended = (await run.EndAsync()).Succeeded();

        one.AssertSame(ended);
        Assert.InRange((long)ended.Json["worker_micro_batches"]!, 1, MicroBatches - 1);
        foreach (var node in (MorProcess[])[expert, worker, other])
        {
            Assert.Equal(0, (await node.EndAsync()).ExitCode);
        }
    }

    [Theory]
    [InlineData(Kill, "2")]
    [InlineData(Kill, "1")]
    [InlineData(Stop, "2")]
    public async Task A_worker_that_dies_or_hangs_costs_no_update(int signal, string workers)
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--nodes", workers, "--role", "worker"]);

        await run.AtStepAsync(world["run"], 5, () => run.SignalChild(0, signal));
        var ended = (await run.EndAsync()).Succeeded();

        one.AssertSame(ended);
        if (signal == Kill)
        {
            // One that hangs is overtaken by the other, and the run may be over before it counts as lost.
            Assert.Contains(") was lost: ", RunFiles.Log(world["run"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_worker_with_another_backbone_is_refused_by_name_and_training_goes_on()
    {
        using var world = new TinyWorld();
        world.WriteBackbone("other", seed: 2);
        await using var run = MorProcess.Start([.. Train(world), "--listen", "127.0.0.1:0", "--expect", "1"]);
        var address = await run.UntilListeningAsync(world["run"]);

        await using var stranger = StartNode(address, "stranger", "--role", "worker", "--backbone", world["other"]);
        var refused = await stranger.EndAsync();

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("fingerprint", refused.Error, StringComparison.Ordinal);
        Assert.Contains(world["other"], refused.Error, StringComparison.Ordinal);
        one.AssertSame((await run.EndAsync()).Succeeded());
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_end_leaves_between_steps_and_with_0()
    {
        using var world = new TinyWorld();
        await using var run = MorProcess.Start([.. Train(world), "--listen", "127.0.0.1:0", "--expect", "2"]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var stays = StartNode(address, "stays", "--role", "worker");
        await using var leaves = StartNode(address, "leaves", "--role", "worker");

        await run.AtStepAsync(world["run"], 3, () => leaves.Signal(Terminate));

        Assert.Equal(0, (await leaves.EndAsync()).ExitCode);
        var ended = (await run.EndAsync()).Succeeded();
        one.AssertSame(ended);
        Assert.Equal(0, (long)ended.Json["retries"]!);
    }

    [Fact]
    public async Task A_coordinator_that_is_killed_and_goes_on_finds_its_workers_again()
    {
        using var world = new TinyWorld();
        string[] listen = ["--listen", "127.0.0.1:0", "--expect", "1"];
        await using var run = MorProcess.Start([.. Train(world), .. listen]);
        var address = await run.UntilListeningAsync(world["run"]);
        await using var worker = StartNode(address, "worker", "--role", "worker");
        await run.AtStepAsync(world["run"], 12, run.Kill);
        await run.EndAsync();

        var resumed = (await MorProcess.RunAsync(
            "train", "--resume", world["run"], "--listen", address, "--expect", "1")).Succeeded();

        one.AssertSame(resumed);
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
    }

    private static string[] Train(TinyWorld world) => ["train", world.Recipe, "--output", world["run"]];

    private static MorProcess StartNode(string address, string name, params string[] options) =>
        MorProcess.Start(["expert", "--coordinator", address, "--name", name, .. options]);
}
