using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>
/// Every mistake gives one message that names the file or key, the value and the next step, and leaves the disk as it
/// was.
/// </summary>
public sealed class BadInputTests
{
    private static readonly Dictionary<string, Mistake> Cases =
        BadBackbones.All.Concat(BadRecipes.All).Concat(BadData.All).Concat(BadFolders.All)
            .ToDictionary(item => item.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>A mistake of every part of the program; a process takes a second, so not all of them.</summary>
    public static TheoryData<string> SomeNames =>
    [
        "no such recipe", "an unknown key", "more chosen than there are", "no steps", "an override without a value",
        "config.json is no JSON", "truncated weights", "a part of the tokenizer that is unknown",
        "a label that is no choice", "an id that is no number", "an output folder below a file",
        "an adapter of another backbone", "a run without a whole checkpoint",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_mistake_is_told_in_one_line_and_changes_nothing(string name) => CheckAsync(name, InProcess.RunAsync);

    [Theory]
    [MemberData(nameof(SomeNames))]
    public Task The_program_itself_tells_the_same(string name) => CheckAsync(name, MorProcess.RunAsync);

    [Fact]
    public async Task A_run_without_a_mistake_is_not_refused()
    {
        using var world = new TinyWorld();

        (await InProcess.RunAsync("train", world.Recipe, "--output", world["new"], "--steps", "1")).Succeeded();
    }

    [Fact]
    public async Task The_stack_trace_is_there_for_those_who_ask()
    {
        using var world = new TinyWorld();
        var run = await InProcess.RunAsync("train", world["nowhere.yaml"], "--debug");

        Assert.Contains("   at MoR.", run.Ended(2).Error, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(string name, Func<string[], Task<MorRun>> runAsync)
    {
        var mistake = Cases[name];
        using var world = new TinyWorld();
        if (mistake.NeedsRun)
        {
            (await InProcess.RunAsync("train", world.Recipe, "--steps", "2", "--no-eval", "--output", world["run"]))
                .Succeeded();
        }

        mistake.Break(world);
        var before = world.Snapshot();
        var run = await runAsync(mistake.Arguments(world));

        Refusal.Check(run, mistake.ExitCode, mistake.Expected);
        Assert.Equal(before.Where(IsNoLog), world.Snapshot().Where(IsNoLog));
    }

    // A run that goes on logs that it tried to.
    private static bool IsNoLog(string entry) => !entry.StartsWith("run/log.txt ", StringComparison.Ordinal);
}
