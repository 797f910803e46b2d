using MoR.Coordinator.Doctor;
using MoR.EndToEnd.Tests.BadInput;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>What does not fit into memory is refused with the arithmetic, before anything is read into it or written.</summary>
public sealed class MemoryPlanTests
{
    private const long GiB = 1L << 30;
    private static readonly MemoryFacts Small = new(GiB, 100 << 20);

    public static TheoryData<string[], string> Commands => new()
    {
        { ["train", "recipe.yaml", "--output", "new"], "gradients" },
        { ["train", "recipe.yaml", "--dry-run"], "activations" },
        { ["generate", "--backbone", "backbone", "--prompt", "red"], "activations" },
        { ["evaluate", "--backbone", "backbone", "--ids", "ids.txt"], "activations" },
        { ["evaluate", "--backbone", "backbone", "--task", "task.yaml", "--data", "data"], "activations" },
        { ["compare", "plan.yaml", "--output", "new"], "gradients" },
        { ["pretrain", "pretrain.yaml", "--output", "new"], "backbone and moments" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_that_cannot_fit_says_so_and_changes_nothing(string[] words, string part)
    {
        using var world = new TinyWorld();
        File.WriteAllText(world["ids.txt"], "1,2,3,4");
        File.WriteAllText(world["plan.yaml"], """
            recipe: recipe.yaml
            seeds: 1..2
            reference: topk
            configurations:
              topk: {router: {kind: topk}}
              mor: {}
            """);
        File.WriteAllText(world["pretrain.yaml"], """
            model: {hidden_size: 16, intermediate_size: 24, layers: 2, heads: 4, key_value_heads: 2}
            tokenizer: {path: backbone/tokenizer.json}
            data: {corpora: [counting], max_tokens: 24}
            """);
        var before = world.Snapshot();
        var run = await InProcess.RunAsync(
            Small, [.. words.Select(word => word == "new" || Path.Exists(world[word]) ? world[word] : word)]);

        Refusal.Check(run, 2, "memory: about", "are needed, and 100 MiB of 1.0 GiB are available", "program 288 MiB", part);
        Assert.Equal(before, world.Snapshot());
    }

    [Fact]
    public async Task The_last_byte_decides_and_the_remedy_works()
    {
        using var world = new TinyWorld();
        var single = await BytesAsync(world, "f32");
        var wide = await BytesAsync(world, "f64");
        Assert.True(single < wide);
        var machine = new MemoryFacts(GiB, single);
        string[] train = ["train", world.Recipe, "--steps", "1", "--no-eval", "--output", world["new"], "--set"];

        var refused = await InProcess.RunAsync(machine, [.. train, "backbone.dtype=f64"]);
        Refusal.Check(refused, 2, "weights in f64", "adapter and moments", "Lower training.window");
        Refusal.Check(
            await InProcess.RunAsync(machine with { Available = single - 1 }, [.. train, "backbone.dtype=f32"]), 2, "memory");
        (await InProcess.RunAsync(machine, [.. train, "backbone.dtype=f32"])).Succeeded();
    }

    [Fact]
    public async Task Mapped_weights_that_do_not_fit_beside_the_rest_are_told_of_and_not_refused()
    {
        using var world = new TinyWorld();
        string[] train = ["train", world.Recipe, "--steps", "1", "--no-eval", "--output"];
        var needed = await BytesAsync(world, "f32");
        var mapped = new FileInfo(world["backbone/model.safetensors"]).Length;

        var tight = await InProcess.RunAsync(new MemoryFacts(GiB, needed), [.. train, world["tight"]]);
        var roomy = await InProcess.RunAsync(new MemoryFacts(GiB, needed + mapped), [.. train, world["roomy"]]);

        Assert.Contains("reads weights from the disk again", tight.Succeeded().Error, StringComparison.Ordinal);
        Assert.DoesNotContain("from the disk again", roomy.Succeeded().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_does_not_tell_is_not_checked()
    {
        using var world = new TinyWorld();

        (await InProcess.RunAsync(
            new MemoryFacts(0, 0), "train", world.Recipe, "--steps", "1", "--no-eval", "--output", world["new"])).Succeeded();
    }

    private static async Task<long> BytesAsync(TinyWorld world, string dtype) => (long)(await InProcess.RunAsync(
        "train", world.Recipe, "--dry-run", "--no-eval", "--steps", "1", "--set", $"backbone.dtype={dtype}"))
        .Succeeded().Json["memory_bytes"]!;
}
