using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Reading;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Models;
using MoR.Coordinator.Planning.Measurement;
using MoR.Coordinator.Training;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Planning;

/// <summary><c>mor plan</c>.</summary>
internal sealed class PlanSession(
    PlanOptions options, ITerminal terminal, IDisk disk, Func<MemoryFacts> memory, string cacheFolder, SpeedMeasurement measurement)
{
    private const int MostNodes = 1024;
    private const int MostLocalNodes = 8;
    private const string AnyFolder = ".";

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken stop)
    {
        var (recipe, isComplete) = LoadRecipe();
        var config = Backbone(recipe);
        var (length, supervised) = Sequence(recipe, config, isComplete);
        var run = PlannedRun.Of(recipe, config, length, supervised);
        var link = options.Local
            ? LinkSpeed.Local
            : LinkSpeed.Of(
                options.LinkGigabits ?? LinkSpeed.DefaultGigabits,
                options.LatencyMilliseconds ?? LinkSpeed.DefaultLatencyMilliseconds);
        var report = new PlanReport(run, new Forecaster(await MachineAsync(stop), link), Nodes());
        report.Show(terminal);
        return CommandOutcome.Done(report.ToJson());
    }

    private int[] Nodes() => options.Nodes is { } given
        ? [given]
        : [.. Enumerable.Range(0, 11).Select(power => 1 << power).Where(count => count <= (options.Local ? MostLocalNodes : MostNodes))];

    /// <summary>The recipe, with something in the place of keys that a plan does not need; and whether there was no such key.</summary>
    private (Recipe Recipe, bool IsComplete) LoadRecipe()
    {
        var path = RecipeCatalogue.PathOf(options.Recipe);
        var text = ConfigText.ReadFile(path);
        string[] given = options.Backbone is null ? [] : [$"{RecipeKeys.BackbonePath.Path}={AnyFolder}"];
        string[] missing =
        [
            .. RecipeFamily.Training.RequiredKeys(path, text)
                .Where(key => !options.Set.Concat(given).Any(set => set.StartsWith(key + "=", StringComparison.Ordinal))),
        ];
        return missing.Contains(RecipeKeys.BackbonePath.Path)
            ? throw new InputException(
                "--backbone",
                $"the recipe {options.Recipe} leaves the backbone to you",
                $"Give --backbone, a folder with a config.json or one of {string.Join(", ", KnownBackbones.Names)}.")
            : (Recipe.Parse(path, text, [.. options.Set, .. given, .. missing.Select(key => $"{key}={AnyFolder}")]),
                given.Length + missing.Length == 0);
    }

    private LlamaConfig Backbone(Recipe recipe)
    {
        if (options.Backbone is not { } given)
        {
            return LlamaConfigFile.Read(recipe.Backbone.Path);
        }

        return Directory.Exists(given)
            ? LlamaConfigFile.Read(given)
            : KnownBackbones.Find(given) ?? throw new InputException(
                "--backbone",
                $"'{given}' is neither a folder nor the name of a known backbone",
                $"Give a folder with a config.json, or one of {string.Join(", ", KnownBackbones.Names)}.");
    }

    /// <summary>Mean tokens, and how many of them are supervised: of the data where it can be read.</summary>
    private (double Length, double Supervised) Sequence(Recipe recipe, LlamaConfig config, bool isComplete)
    {
        if (options.TokensPerSequence is { } given)
        {
            return (given, 1);
        }

        if (isComplete)
        {
            var data = TrainingData.Load(
                recipe, config, TextCodec.Load(recipe.Backbone.Path, config, terminal.Note), evaluate: false).Set;
            return ((double)data.Tokens / data.Sequences.Length, (double)data.SupervisedTokens / data.Tokens);
        }

        var longest = Math.Min(recipe.Data.MaxTokens, config.MaxPositions);
        terminal.Note($"sequences are planned with {longest} tokens (data.max_tokens); --tokens-per-sequence says another mean.");
        return (longest, 1);
    }

    private async Task<MachineSpeed> MachineAsync(CancellationToken stop)
    {
        long? gibibytes = options.DeviceMemoryGibibytes is { } given ? (long)(given * (1L << 30)) : null;
        if (options is { DeviceTeraflops: { } tera, MemoryGigabytesPerSecond: { } giga })
        {
            return GivenDevice.Of(tera * 1e12, giga * 1e9, gibibytes);
        }

        var known = options.Measure ? null : MachineSpeedFile.Read(disk, cacheFolder, SpeedMeasurement.Identity);
        if (known is null)
        {
            terminal.Note("measuring this machine for about half a minute; what else runs on it makes the plan worse.");
            known = await measurement.RunAsync(terminal, memory().Total, stop);
            terminal.Note(Calibration.IsPlausible(known)
                ? $"kept in {MachineSpeedFile.Write(disk, cacheFolder, SpeedMeasurement.Identity, known)}"
                : "the measurements contradict each other, so they are not kept and this plan is rough; measure again on idle cores.");
        }

        return gibibytes is { } memoryBytes ? known with { MemoryBytes = memoryBytes } : known;
    }
}
