using System.Text.Json.Nodes;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Planning;
using MoR.Coordinator.Planning.Measurement;
using MoR.Coordinator.Tests.CommandLine;

namespace MoR.Coordinator.Tests.Planning;

/// <summary><c>mor plan</c> for machines that are given, so that nothing is measured.</summary>
public sealed class PlanSessionTests
{
    private static readonly PlanOptions Given = new()
    {
        Backbone = "llama-2-7b",
        DeviceTeraflops = 19.5,
        MemoryGigabytesPerSecond = 1555,
        DeviceMemoryGibibytes = 80,
        Set =
        [
            "data.max_tokens=512", "backbone.dtype=bf16", "training.batch_sequences=16", "training.micro_batch_sequences=4",
        ],
    };

    [Fact]
    public async Task Both_roles_are_planned_for_1_to_1024_nodes_and_one_way_is_recommended()
    {
        var (json, text) = await PlanAsync(Given);

        var plans = json["plans"]!.AsArray();
        Assert.Equal(1 + (2 * 11), plans.Count);
        Assert.Equal(1024, plans.Max(plan => (int)plan!["nodes"]!));
        Assert.Equal(512.0 * 16, (double)json["tokens_per_step"]!);
        var recommended = json["recommended"]!;
        var fitting = plans.Where(plan => (bool)plan!["fits"]!).Select(plan => (double)plan!["tokens_per_second"]!).ToList();
        Assert.True((double)recommended["tokens_per_second"]! * 1.2 > fitting.Max());
        Assert.Contains("16.843 MB per token each way", text, StringComparison.Ordinal);
        Assert.Contains("at most 74.2", text, StringComparison.Ordinal);
        Assert.Contains("more than 4 experts: not faster, there are 4 shards", text, StringComparison.Ordinal);
        Assert.Contains("recommended (*)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_number_of_nodes_and_what_would_change_it()
    {
        var (json, text) = await PlanAsync(Given with { Nodes = 4, LinkGigabits = 1 });

        Assert.Equal(3, json["plans"]!.AsArray().Count);
        Assert.NotEmpty(json["changes"]!.AsArray());
        Assert.Contains("instead of 4 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fits_nowhere_is_told_with_what_makes_it_fit()
    {
        var (json, text) = await PlanAsync(Given with { Backbone = "llama-2-70b", Nodes = 64 });

        Assert.False((bool)json["recommended"]!["fits"]!);
        Assert.NotEmpty(json["memory_remedies"]!.AsArray());
        Assert.Contains("fit: weights 128.5 GiB: Take a smaller backbone.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_is_planned_with_the_tokens_of_its_data()
    {
        var (json, _) = await PlanAsync(Given with { Backbone = null, Set = [], Local = true });

        Assert.InRange((double)json["tokens_per_step"]! / 64, 20, 35);
        Assert.True((bool)json["local"]!);
    }

    [Fact]
    public async Task A_backbone_that_nobody_knows_is_refused_with_those_that_are_known()
    {
        var problem = await Assert.ThrowsAsync<InputException>(() => PlanAsync(Given with { Backbone = "llama-9" }));

        Assert.Contains("llama-2-70b", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_without_a_backbone_asks_for_one()
    {
        var problem = await Assert.ThrowsAsync<InputException>(() => PlanAsync(Given with { Backbone = null, Recipe = "rte" }));

        Assert.Contains("--backbone", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<(JsonObject Json, string Text)> PlanAsync(PlanOptions options)
    {
        using var error = new StringWriter();
        var time = new ManualTime();
        var terminal = new Terminal(error, null, new TerminalTraits(IsRich: false, Width: 400), time);
        var trained = new TrainedSteps((_, _, _) => throw new InvalidOperationException("nothing was to be trained"));
        var session = new PlanSession(
            options, terminal, new PhysicalDisk(), () => new MemoryFacts(0, 0), "/nowhere",
            new SpeedMeasurement(trained, time, new NoExit()));
        return ((await session.RunAsync(CancellationToken.None)).Json, error.ToString());
    }

    private sealed class NoExit : IFatalExit
    {
        public void Die(string reason, Exception cause) => Assert.Fail(reason);
    }
}
