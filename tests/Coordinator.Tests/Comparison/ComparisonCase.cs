using MoR.Coordinator.Comparison;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Training;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Tests.Comparison;

/// <summary>Results that no run made: accuracies by configuration, seed and task.</summary>
internal static class ComparisonCase
{
    private static readonly LlamaConfig Backbone = new()
    {
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 4,
        VocabularySize = 100,
        MaxPositions = 64,
        NormEpsilon = 1e-5,
        RopeTheta = 100,
        TiedEmbeddings = true,
        EndOfText = [],
    };

    /// <summary>The results of a plan.</summary>
    /// <param name="plan">The plan's text; its recipe is the file <paramref name="recipe"/>.</param>
    /// <param name="recipe">The recipe's text.</param>
    /// <param name="tasks">The tasks, as long as a run's accuracies.</param>
    /// <param name="accuracies">By configuration and seed, those that are complete.</param>
    public static (ComparisonResults Results, string Csv) Of(
        string plan, string recipe, string[] tasks, Dictionary<(string Configuration, long Seed), double[]> accuracies)
    {
        var folder = Directory.CreateTempSubdirectory("mor-case-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "base.yaml"), recipe);
            var parsed = ComparisonPlan.Parse(Path.Combine(folder.FullName, "case.yaml"), plan, []);
            var configurations = ParameterMatching.Resolve(parsed, Backbone);
            ComparedRun[] runs =
            [
                .. PlannedRun.Grid(parsed, configurations)
                    .Where(run => accuracies.ContainsKey((run.Configuration.Name, run.Seed)))
                    .Select(run => Run(run, tasks, accuracies[(run.Configuration.Name, run.Seed)])),
            ];
            var results = new ComparisonResults(parsed, configurations, tasks, runs);
            return (results, ComparisonCsv.Render(results.Summaries.SelectMany(item => item.Runs), tasks));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ComparedRun Run(PlannedRun run, string[] tasks, double[] accuracies)
    {
        var isPlain = run.Configuration.Layout.Spec.IsPlainLora;
        return new ComparedRun(
            run,
            new RunOutcome
            {
                Progress = new RunProgress
                {
                    Step = 30,
                    Tokens = 3000,
                    Seconds = 15,
                    LossLast = 0.5,
                    Before = tasks.ToDictionary(task => task, _ => new TaskScore("matthews", 0.125, 0.25, 40)),
                    Latest = tasks.Zip(accuracies).ToDictionary(
                        item => item.First,
                        item => new TaskScore("matthews", 0.75, item.Second, 40)
                        {
                            ConstantAccuracy = item.First == tasks[0] ? 0.5 : null,
                        }),
                },
                Loads = isPlain ? [] : [[3, 0, 3], [2, 2, 2]],
                AdapterSha256 = "f00d",
                SecondsPerStep = 0.5,
            });
    }
}
