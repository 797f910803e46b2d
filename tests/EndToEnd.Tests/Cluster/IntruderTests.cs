using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Transport.Runtime;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using Xunit.Abstractions;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Who may connect to a real run: everybody else is refused by name, and the adapter is that of a run that nobody
/// disturbed.</summary>
public sealed class IntruderTests(IntruderTests.Undisturbed undisturbed, ITestOutputHelper output)
    : IClassFixture<IntruderTests.Undisturbed>
{
    private const string Token = "a secret of the tests";
    private const int HalfOpen = 1_000;
    private const long MostGrowthKiB = 64 << 10;

    [Fact]
    public async Task Scanners_strangers_and_other_builds_are_refused_by_name_and_training_goes_on()
    {
        using var world = World();
        await using var run = Start(world);
        var address = await run.UntilListeningAsync(world["run"]);
        var intruder = new Intruder(address);

        Assert.Empty(await intruder.AskForHttpAsync());
        Assert.Empty(await intruder.SayAsync([]));
        Assert.Empty(await intruder.SayAsync([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]));
        Assert.Equal(44, (await intruder.GreetAsync(version: 1)).Length);
        var wrongToken = await Assert.ThrowsAsync<LinkException>(() => intruder.ShakeHandsAsync("another secret of them", seed: 1));
        var wrongBuild = await intruder.JoinAsync(Token, build: "0.0.1");
        await using var node = StartNode(world, address);
        await run.AtStepAsync(world["run"], 3, () => { }); // the others come while it trains
        var silent = await intruder.OpenAsync(HalfOpen);
        var ended = (await run.EndAsync()).Succeeded();

        undisturbed.AssertSame(ended);
        Assert.Equal(0, (long)ended.Json["retries"]!);
        Assert.Equal(0, (await node.EndAsync()).ExitCode);
        Assert.Contains("says that this node's join token is not the run's", wrongToken.Message, StringComparison.Ordinal);
        Assert.Equal(Envelope.BodyOneofCase.Refused, wrongBuild.BodyCase);
        Assert.StartsWith("intruder is of build '0.0.1', and the coordinator of '", wrongBuild.Refused.Reason, StringComparison.Ordinal);
        var log = RunFiles.Log(world["run"]);
        Assert.All(
            (string[])
            [
                "speaks another protocol: it begins with",
                "closed the connection after 0 of 8 bytes of the first bytes of its greeting",
                "speaks TLS, and this end does not",
                "speaks version 1 of the protocol, and this end version 2",
                "does not know the join token, or has another",
                "did not join: it was refused: intruder is of build '0.0.1'",
                "was dropped as the oldest of 64 that had not authenticated themselves",
                "more connections were refused within a minute, and are not listed",
            ],
            text => Assert.Contains(text, log, StringComparison.Ordinal));
        foreach (var socket in silent)
        {
            socket.Dispose();
        }
    }

    [Fact]
    public Task Three_hundred_changed_frames_end_their_links_and_nothing_else() => FuzzAsync(300);

    [Fact]
    [Trait("Tier", "long")]
    public Task Ten_thousand_changed_frames_end_their_links_and_nothing_else() => FuzzAsync(10_000);

    [Fact]
    public async Task Under_tls_only_certificates_of_the_authority_join_and_the_adapter_is_the_same()
    {
        using var world = World();
        (await MorProcess.RunAsync("cert", world["certs"], "--coordinator", "127.0.0.1", "--node", "node")).Succeeded();
        (await MorProcess.RunAsync("cert", world["theirs"], "--node", "stranger")).Succeeded();
        await using var run = MorProcess.Start(
            [.. Train(world), "--nodes", "1", "--listen", "127.0.0.1:0", "--expect", "2", "--tls", world["certs/coordinator"]]);
        var address = await run.UntilListeningAsync(world["run"]);
        var token = world["certs/authority/join-token"];

        await using var bare = Stranger(address, "--token-file", token);
        var withoutTls = await bare.EndAsync();
        await using var foreign = Stranger(address, "--token-file", token, "--tls", world["theirs/stranger"]);
        var otherAuthority = await foreign.EndAsync();
        await using var node = MorProcess.Start("expert", "--coordinator", address, "--name", "node", "--tls", world["certs/node"]);
        var ended = (await run.EndAsync()).Succeeded();

        undisturbed.AssertSame(ended);
        Assert.Equal(2, (long)ended.Json["nodes"]!); // one of them was started here
        Assert.Equal(0, (await node.EndAsync()).ExitCode);
        Assert.NotEqual(0, withoutTls.ExitCode);
        Assert.Contains($"is not valid by {world["theirs/stranger/ca.crt"]}", otherAuthority.Ended(4).Error, StringComparison.Ordinal);
        Assert.Contains("TLS was not agreed on: ", RunFiles.Log(world["run"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_another_authority_is_refused_by_the_coordinator_too()
    {
        using var world = World();
        (await MorProcess.RunAsync("cert", world["certs"], "--coordinator", "127.0.0.1", "--node", "node")).Succeeded();
        (await MorProcess.RunAsync("cert", world["theirs"], "--node", "stranger")).Succeeded();
        // It trusts the coordinator, so that only the coordinator can refuse it.
        File.AppendAllText(world["theirs/stranger/ca.crt"], File.ReadAllText(world["certs/authority/ca.crt"]));
        await using var run = MorProcess.Start(
            [.. Train(world), "--listen", "127.0.0.1:0", "--expect", "1", "--tls", world["certs/coordinator"]]);
        var address = await run.UntilListeningAsync(world["run"]);

        await using var stranger = Stranger(
            address, "--token-file", world["certs/authority/join-token"], "--tls", world["theirs/stranger"]);
        var refused = await stranger.EndAsync();
        await using var node = MorProcess.Start("expert", "--coordinator", address, "--name", "node", "--tls", world["certs/node"]);

        undisturbed.AssertSame((await run.EndAsync()).Succeeded());
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains(
            $"the certificate 'CN=stranger' is not valid by {world["certs/coordinator/ca.crt"]}", RunFiles.Log(world["run"]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_false_coordinator_is_refused_by_the_node(bool hasTls)
    {
        using var world = World();
        (await MorProcess.RunAsync("cert", world["certs"], "--node", "node")).Succeeded();
        (await MorProcess.RunAsync("cert", world["theirs"], "--coordinator", "127.0.0.1")).Succeeded();
        await using var coordinator = new FalseCoordinator(hasTls ? TlsFolder.Open(world["theirs/coordinator"]) : null);

        await using var node = Stranger(
            coordinator.Address, ["--token-file", world["token"], .. hasTls ? ["--tls", world["certs/node"]] : Array.Empty<string>()]);
        var refused = await node.EndAsync();

        Assert.Equal(4, refused.ExitCode);
        Assert.Contains(
            hasTls ? $"the certificate 'CN=coordinator' is not valid by {world["certs/node/ca.crt"]}" : "it is a false coordinator",
            refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_coordinator_on_one_run_is_refused_by_name_and_status_shows_the_first()
    {
        using var world = World();
        await using var run = MorProcess.Start([.. Train(world), "--nodes", "1"]);
        MorRun second = null!, third = null!, live = null!;
        await run.AtStepAsync(world["run"], 3, () =>
        {
            second = WhileItStands("train", "--resume", world["run"], "--nodes", "1");
            third = WhileItStands("train", world.Recipe, "--output", world["run"]);
            live = WhileItStands("status", world["run"]);
        });
        undisturbed.AssertSame((await run.EndAsync()).Succeeded());
        var after = (await MorProcess.RunAsync("status", world["run"])).Succeeded().Json;

        var holder = $"the folder is in use by process {run.Id} on {Environment.MachineName}";
        Assert.Contains(holder, second.Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains(holder, third.Ended(2).Error, StringComparison.Ordinal);
        Assert.Equal(("training", true), ((string)live.Succeeded().Json["state"]!, (bool)live.Json["live"]!));
        Assert.Equal("node-1", (string?)live.Json["nodes"]![0]!["name"]);
        Assert.Equal(("complete", false), ((string)after["state"]!, (bool)after["live"]!));
        Assert.Equal(TinyWorld.Steps, (long)after["step"]!);
    }

    /// <summary>While the run waits for its node, so that nothing else takes memory.</summary>
    private async Task FuzzAsync(int count)
    {
        using var world = World();
        await using var run = Start(world);
        var address = await run.UntilListeningAsync(world["run"]);
        var intruder = new Intruder(address);
        await intruder.SendMutantsAsync(Token, 50);
        var before = run.ResidentKiB();

        await intruder.SendMutantsAsync(Token, count);

        var growth = run.ResidentKiB() - before;
        output.WriteLine($"{count:N0} mutants by their numbers as seeds; the process grew by {growth:N0} KiB from {before:N0}");
        Assert.InRange(growth, long.MinValue, MostGrowthKiB);
        await using var node = StartNode(world, address);
        undisturbed.AssertSame((await run.EndAsync()).Succeeded());
    }

    /// <summary>Runs on the thread that holds the coordinator, so that it is still there at the end.</summary>
    private static MorRun WhileItStands(params string[] arguments)
    {
#pragma warning disable VSTHRD002 // The thread is there for this.
        return MorProcess.RunAsync(arguments).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private static TinyWorld World()
    {
        var world = new TinyWorld();
        File.WriteAllText(world["token"], Token + "\n");
        return world;
    }

    private static string[] Train(TinyWorld world) =>
        ["train", world.Recipe, "--output", world["run"], "--no-eval"];

    private static MorProcess Start(TinyWorld world) =>
        MorProcess.Start([.. Train(world), "--listen", "127.0.0.1:0", "--expect", "1", "--token-file", world["token"]]);

    private static MorProcess StartNode(TinyWorld world, string address) =>
        MorProcess.Start("expert", "--coordinator", address, "--name", "node", "--token-file", world["token"]);

    /// <summary>A node that gives up at once.</summary>
    private static MorProcess Stranger(string address, params string[] options) => MorProcess.Start(
        ["expert", "--coordinator", address, "--name", "stranger", "--retry-seconds", "0", .. options]);

    /// <summary>The run that nobody disturbs.</summary>
    public sealed class Undisturbed : IAsyncLifetime, IDisposable
    {
        private readonly TinyWorld _world = World();
        private string _hash = "";

        public async Task InitializeAsync() => _hash = (await MorProcess.RunAsync(Train(_world))).Succeeded().AdapterSha256;

        internal void AssertSame(MorRun run) => Assert.Equal(_hash, run.AdapterSha256);

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _world.Dispose();
    }
}
