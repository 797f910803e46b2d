using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Generation;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;

namespace MoR.Coordinator.Evaluation;

/// <summary><c>mor evaluate</c>: tasks, or the mean next-token NLL of a text or of token ids.</summary>
internal sealed class EvaluationSession(
    EvaluateOptions options, ITerminal terminal, IDisk disk, Func<MemoryFacts> memory)
{
    private const int DefaultMaxTokens = 256;
    private const int DefaultMaxItems = 500;
    private const ulong DefaultSeed = 42;

    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken cancel)
    {
        var source = ModelSource.Of(disk, options.Run, options.Backbone, options.Adapter, options.Dtype, options.Threads);
        var device = ComputeDevice.Parse(options.Device);
        using var folder = BackboneFolder.Open(source.BackbonePath, terminal.Note);
        var spec = InferenceModel.SpecOf(source.AdapterFolder, folder.Config);
        var (tokens, tasks) = (ReadTokens(folder), ReadTasks(source, folder));

        // The last token of a window is only predicted, and takes no position.
        var windows = TextWindows.Cut(tokens, folder.Config.MaxPositions + 1)
            .Select(window => new ScoredSequence(window, 1)).ToList();
        var plan = InferenceMemory.Plan(
            source, folder, spec,
            [EvaluationSizes.OfScoring(windows), .. tasks.Select(task => EvaluationSizes.Of(folder.Config, task.Encoded))],
            "Give a shorter text or shorter items.");
        using var backbone = source.Load(folder, device, plan, memory(), terminal.Note);
        using var model = InferenceModel.Load(backbone, source.AdapterFolder, terminal.Note);
        var scorer = new LikelihoodScorer(model.Model, model.Runner, LikelihoodScorer.DefaultWindow, () => 0);
        var json = new JsonObject
        {
            ["backbone"] = source.BackbonePath,
            ["adapter"] = source.AdapterFolder,
            ["degraded"] = TrainingMark.Of(source.AdapterFolder)?.Degraded ?? false,
        };
        if (windows.Count > 0)
        {
            await AddNllAsync(json, scorer, tokens.Length, windows, cancel);
        }

        if (tasks.Count > 0)
        {
            json["tasks"] = await TasksAsync(source, model, scorer, tasks, cancel);
        }

        return CommandOutcome.Done(json);
    }

    /// <summary>The tokens whose NLL is wanted; none if only tasks are.</summary>
    private int[] ReadTokens(BackboneFolder backbone)
    {
        if ((options.Ids ?? options.Text) is not { } path)
        {
            return [];
        }

        var tokens = options.Ids is { } ids
            ? TokenIdFile.Read(ids, backbone.Config.VocabularySize)
            : backbone.Text.Encode(ReadText(path), addSpecialTokens: true);
        return tokens.Length >= 2
            ? tokens
            : throw new InputException(
                path, $"it has {tokens.Length} tokens, and at least 2 are needed to predict one", "Give a longer text.");
    }

    private static string ReadText(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Utf8Lines.ReadWhole(file, path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, $"it cannot be read ({cause.Message})", "Give a readable UTF-8 text file.", cause);
        }
    }

    private async Task AddNllAsync(
        JsonObject json, LikelihoodScorer scorer, int tokens, List<ScoredSequence> windows, CancellationToken cancel)
    {
        var scores = await scorer.ScoreAsync(
            windows, done => terminal.Progress($"scoring: {done}/{windows.Count} windows"), cancel);
        var predicted = windows.Sum(window => (long)window.Tokens.Length - 1);
        var nll = -scores.Sum() / predicted;
        json["nll"] = nll;
        json["tokens"] = tokens;
        json["predicted_tokens"] = predicted;
        terminal.Progress("");
        terminal.Result($"nll {nll:F6} nats per token over {predicted} predicted tokens (perplexity {Math.Exp(nll):F3})");
    }

    /// <summary>The tasks, encoded; none if only a text or token ids are measured.</summary>
    private List<(EvaluationTask Encoded, double? MajorityBaseline)> ReadTasks(ModelSource source, BackboneFolder backbone)
    {
        var tasks = new List<(EvaluationTask, double?)>();
        if (options.Tasks.Count == 0 && (options.Ids is not null || options.Text is not null))
        {
            return tasks;
        }

        var maxTokens = source.Recipe?.Data.MaxTokens ?? Math.Min(DefaultMaxTokens, backbone.Config.MaxPositions);
        var encoder = new SequenceEncoder(backbone.Text, maxTokens);
        var frames = new ChatFrames(() => backbone.Text.ChatTemplate);
        foreach (var definition in Definitions(source.Recipe))
        {
            var data = TaskData.Load(definition, options.DataFolder ?? source.Recipe?.Data.Folder, frames: frames);
            if (!data.HasEvaluation)
            {
                throw new InputException(
                    definition.FilePath,
                    $"task '{definition.Name}' has no split to evaluate on",
                    "Give it a dev or test split, or name another task with --task.");
            }

            var task = new EvaluationTask(
                data, encoder, options.MaxItems ?? source.Recipe?.Evaluation.MaxItems ?? DefaultMaxItems,
                (ulong?)source.Recipe?.Seed ?? DefaultSeed);
            if (task.Truncation.TruncatedItems > 0)
            {
                terminal.Note($"{definition.Name}: {task.Truncation}.");
            }

            tasks.Add((task, data.MajorityBaseline));
        }

        return tasks;
    }

    private async Task<JsonObject> TasksAsync(
        ModelSource source, InferenceModel model, LikelihoodScorer scorer,
        List<(EvaluationTask Encoded, double? MajorityBaseline)> tasks, CancellationToken cancel)
    {
        var generator = new TextGenerator(model.Model, model.Runner, () => model.Backbone.Text, () => 0);
        var evaluator = new TaskEvaluator(scorer, generator, Normalisation(source.Recipe));
        var results = new JsonObject();
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (task, baseline) in tasks)
        {
            var definition = task.Definition;
            var result = await evaluator.EvaluateAsync(
                task, (done, total) => terminal.Progress($"evaluating {definition.Name}: {done}/{total}"), cancel);
            terminal.Progress("");
            var accuracy = result.Accuracy is { } share ? $"{share:F4}" : "-";
            rows.Add([definition.Name, Metrics.Label(result.Name), $"{result.Value:F4}", accuracy, $"{result.Count}"]);
            results[definition.Name] = ToJson(result, baseline, task.ConstantAccuracy);
        }

        terminal.Table("", ["task", "metric", "value", "accuracy", "items"], rows);
        return results;
    }

    private static JsonObject ToJson(MetricResult result, double? majorityBaseline, double? constantAccuracy)
    {
        var json = new JsonObject
        {
            ["metric"] = result.Name,
            ["value"] = double.IsFinite(result.Value) ? result.Value : null,
            ["items"] = result.Count,
        };
        if (result.Accuracy is { } accuracy)
        {
            json["accuracy"] = accuracy;
            json["majority_baseline"] = majorityBaseline;
            json["constant_accuracy"] = constantAccuracy;
        }

        if (result.PredictedTokens is { } tokens)
        {
            json["nll"] = Math.Log(result.Value) is var nll && double.IsFinite(nll) ? nll : null;
            json["predicted_tokens"] = tokens;
        }

        return json;
    }

    private IEnumerable<TaskDefinition> Definitions(Recipe? recipe)
    {
        if (options.Tasks.Count > 0)
        {
            return options.Tasks.Select(task => TaskDefinition.Load(TaskCatalogue.PathOf(task)));
        }

        return recipe is not null
            ? TaskCatalogue.Load(recipe)
            : throw new InputException(
                "mor evaluate", "nothing to evaluate is named", "Give --task, --text or --ids.");
    }

    private RecipeLengthNormalisation Normalisation(Recipe? recipe) => options.LengthNormalisation is { } name
        ? Enum.Parse<RecipeLengthNormalisation>(name, ignoreCase: true)
        : recipe?.Evaluation.LengthNormalisation ?? RecipeLengthNormalisation.None;
}
