using MoR.EndToEnd.Tests.Cluster.Chaos;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Nodes that are slow, have nothing to do, or are machines of another kind.</summary>
public sealed class NodeKindTests
{
    private const int Stop = 19;
    private const int Continue = 18;
    private static readonly (string, string) otherKind = ("MOR_KERNELS", "generic");

    [Fact]
    public async Task What_a_slow_node_is_asked_a_replica_is_asked_too()
    {
        using var world = new TinyWorld();
        string[] train = ["train", world.Recipe, "--no-eval", "--output"];
        var alone = (await MorProcess.RunAsync([.. train, world["alone"]])).Succeeded();
        await using var run = MorProcess.Start(
            [.. train, world["run"], "--listen", "127.0.0.1:0", "--expect", "2", "--set", "cluster.replicas=2"]);
        var address = await run.UntilListeningAsync(world["run"]);
        var nodes = new Dictionary<ChaosProxy, MorProcess>();
        ChaosProxy? slow = null;
        await using var one = new ChaosProxy(() => address, PassingAsync);
        await using var other = new ChaosProxy(() => address, PassingAsync);
        one.Start();
        other.Start();
        await using var first = nodes[one] = MorProcess.Start("expert", "--coordinator", one.Address, "--name", "one");
        await using var second = nodes[other] = MorProcess.Start("expert", "--coordinator", other.Address, "--name", "other");

        var ended = (await run.EndAsync()).Succeeded();

        Assert.Equal(alone.AdapterSha256, ended.AdapterSha256);
        Assert.True((long)ended.Json["hedges"]! > 0, RunFiles.Log(world["run"]));

        // The node that is asked at step 10 stands still until the other one has been asked at step 13.
        Task PassingAsync(ChaosProxy proxy, long step, ChaosPhase phase)
        {
            if (phase == ChaosPhase.Forward && step >= 10 && Interlocked.CompareExchange(ref slow, proxy, null) is null)
            {
                nodes[proxy].Signal(Stop);
            }
            else if (step >= 13 && slow is { } stopped && stopped != proxy)
            {
                nodes[stopped].Signal(Continue);
            }

            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task One_shard_has_all_the_tokens_and_a_node_has_none()
    {
        using var world = new TinyWorld();
        string[] options = ["--no-eval", "--steps", "12", "--set", "experts.shards=1"];
        var alone = (await MorProcess.RunAsync(["train", world.Recipe, "--output", world["alone"], .. options])).Succeeded();

        var run = (await MorProcess.RunAsync(["train", world.Recipe, "--output", world["run"], .. options, "--nodes", "2"])).Succeeded();

        Assert.Equal(alone.AdapterSha256, run.AdapterSha256);
        Assert.Equal(2, (long)run.Json["nodes"]!);
        Assert.Matches(@"shards are on node-[12]: 0""?\n", RunFiles.Log(world["run"]));
    }

    [Fact]
    public async Task All_tokens_of_a_layer_go_to_one_of_four_shards()
    {
        using var world = new TinyWorld();
        string[] options =
        [
            "--no-eval", "--steps", "12", "--set", "experts.count=[1, 4]", "--set", "experts.shards=4", "--set", "router.top_k=1",
        ];
        var alone = (await MorProcess.RunAsync(["train", world.Recipe, "--output", world["alone"], .. options])).Succeeded();

        var run = (await MorProcess.RunAsync(["train", world.Recipe, "--output", world["run"], .. options, "--nodes", "3"])).Succeeded();

        Assert.Equal(alone.AdapterSha256, run.AdapterSha256);
        Assert.Equal(3, (long)run.Json["nodes"]!);
    }

    [Fact]
    public async Task A_machine_of_another_kind_is_refused_by_name_unless_that_is_wanted()
    {
        using var world = new TinyWorld();
        string[] listen = ["--listen", "127.0.0.1:0", "--expect", "1", "--steps", "12", "--no-eval"];
        await using var strict = MorProcess.Start(["train", world.Recipe, "--output", world["strict"], .. listen]);
        var address = await strict.UntilListeningAsync(world["strict"]);
        var refused = await MorProcess.RunWithAsync(otherKind, "expert", "--coordinator", address, "--name", "stranger");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("stranger gives other bits: it is cpu, ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--admit-other-machines", refused.Error, StringComparison.Ordinal);
        Assert.Contains("did not join: it was refused: stranger gives other bits", RunFiles.Log(world["strict"]), StringComparison.Ordinal);

        await using var lenient = MorProcess.Start(
            ["train", world.Recipe, "--output", world["lenient"], .. listen, "--admit-other-machines"]);
        address = await lenient.UntilListeningAsync(world["lenient"]);
        var admitted = await MorProcess.RunWithAsync(otherKind, "expert", "--coordinator", address, "--name", "guest");

        Assert.Equal(12, (long)(await lenient.EndAsync()).Succeeded().Json["steps"]!);
        Assert.Equal(0, admitted.ExitCode);
        Assert.Contains(
            "gives other bits than this machine: equal adapters are not promised", RunFiles.Log(world["lenient"]),
            StringComparison.Ordinal);
    }
}
