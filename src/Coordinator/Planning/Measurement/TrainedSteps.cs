using System.Text.Json;
using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Planning.Measurement;

/// <summary>Times steps of <c>mor train</c> itself on the demo, in process and with local nodes, in a folder of their own.</summary>
/// <param name="train">The command.</param>
internal sealed class TrainedSteps(Func<TrainOptions, ITerminal, CancellationToken, Task<CommandOutcome>> train)
{
    private const string Demo = "demo";

    /// <summary>Trains the demo for some steps, and takes the middle of the later half of them.</summary>
    /// <param name="overrides">Recipe keys.</param>
    /// <param name="nodes">Nodes on this machine; 0 for none.</param>
    /// <param name="steps">How many.</param>
    /// <param name="stop">Ends the run.</param>
    public async Task<MeasuredStep> RunAsync(IReadOnlyList<string> overrides, int nodes, int steps, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("mor-plan-").FullName;
        try
        {
            var run = Path.Combine(folder, "run");
            var options = new TrainOptions
            {
                Recipe = Demo,
                Set = overrides,
                Steps = steps,
                Output = run,
                NoEval = true,
                Cluster = nodes == 0
                    ? null
                    : new ClusterPlan(
                        nodes, Listen: null, Expect: nodes, TokenFile: null, TlsFolder: null, AdmitOtherMachines: false, Insecure: false)
                    {
                        IsRoleGiven = true,
                    },
            };
            await train(options, new SilentTerminal(), stop);
            stop.ThrowIfCancellationRequested();
            var seconds = SecondsOf(await File.ReadAllLinesAsync(Path.Combine(run, "metrics.jsonl"), stop));
            return new MeasuredStep(Planned(overrides), nodes, new Samples(seconds.Skip(seconds.Count / 2)).Median);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The demo's step as the plan sees it.</summary>
    /// <param name="overrides">Recipe keys.</param>
    public static PlannedRun Planned(IReadOnlyList<string> overrides)
    {
        var recipe = Recipe.Load(RecipeCatalogue.PathOf(Demo), overrides);
        var config = LlamaConfigFile.Read(recipe.Backbone.Path);
        var data = TrainingData.Load(recipe, config, TextCodec.Load(recipe.Backbone.Path, config, _ => { }), evaluate: false).Set;
        return PlannedRun.Of(
            recipe, config, (double)data.Tokens / data.Sequences.Length, (double)data.SupervisedTokens / data.Tokens);
    }

    private static List<double> SecondsOf(IEnumerable<string> lines)
    {
        var seconds = new List<double>();
        foreach (var line in lines)
        {
            using var metrics = JsonDocument.Parse(line);
            if (metrics.RootElement.TryGetProperty("seconds", out var value))
            {
                seconds.Add(value.GetDouble());
            }
        }

        return seconds;
    }
}
