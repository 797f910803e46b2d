using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.RecipeKeys;
using Model = MoR.Coordinator.Configuration.RecipeKeys.Model;
using Run = MoR.Coordinator.Configuration.RecipeKeys.Run;

namespace MoR.Coordinator.Configuration;

/// <summary>Reads a recipe, fills in defaults, and checks keys against each other.</summary>
internal static class RecipeLoader
{
    public static Recipe Load(string path, string text, IEnumerable<string> overrides, string workingDirectory)
    {
        var problems = new ProblemList();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path, workingDirectory)) ?? workingDirectory;
        var root = YamlReader.Read(text, new Place(path, 1, folder), problems);
        if (root is null)
        {
            problems.ThrowIfAny();
        }

        var reader = new KeyReader<Recipe>(Keys.All, root!, problems);
        reader.Override(overrides, workingDirectory);
        var recipe = ReadAll(reader, path);
        RecipeChecks.CheckAll(recipe, reader);
        problems.ThrowIfAny();
        return recipe;
    }

    private static Recipe ReadAll(KeyReader<Recipe> reader, string path)
    {
        var kind = reader.Get(Model.RouterKind);
        return new Recipe
        {
            Name = reader.IsGiven(Keys.Name) ? reader.Get(Keys.Name)! : NameOf(path),
            Seed = reader.Get(Keys.Seed),
            Backbone = new RecipeBackbone
            {
                Path = reader.Get(Keys.BackbonePath)!,
                Dtype = reader.Get(Keys.BackboneDtype),
            },
            Data = new RecipeData
            {
                Folder = reader.Get(Keys.DataFolder),
                Tasks = reader.Get(Keys.DataTasks),
                MaxTokens = reader.Get(Keys.DataMaxTokens),
                MaxTrainItems = reader.Get(Keys.DataMaxTrainItems),
            },
            Experts = ReadExperts(reader, kind),
            Router = ReadRouter(reader, kind),
            Training = ReadTraining(reader),
            Evaluation = new RecipeEvaluation
            {
                EverySteps = reader.Get(Run.EvaluationEverySteps),
                MaxItems = reader.Get(Run.EvaluationMaxItems),
                LengthNormalisation = reader.Get(Run.EvaluationLengthNormalisation),
                EarlyStopPatience = reader.Get(Run.EvaluationEarlyStopPatience),
            },
            Checkpoint = new RecipeCheckpoint
            {
                EverySteps = reader.Get(Run.CheckpointEverySteps),
                Keep = reader.Get(Run.CheckpointKeep),
            },
            Numerics = new RecipeNumerics { Threads = reader.Get(Run.NumericsThreads) },
        };
    }

    private static RecipeExperts ReadExperts(KeyReader<Recipe> reader, RecipeRouterKind kind)
    {
        var isPlain = kind == RecipeRouterKind.None && !reader.IsGiven(Model.ExpertsCount);
        var count = isPlain ? new ExpertCount(1) : reader.Get(Model.ExpertsCount) ?? new ExpertCount(1);
        var shards = reader.Get(Model.ExpertsShards);
        var targets = reader.Get(Model.ExpertsTargets);
        return new RecipeExperts
        {
            Count = count,
            Rank = reader.Get(Model.ExpertsRank),
            Alpha = reader.Get(Model.ExpertsAlpha),
            Dropout = reader.Get(Model.ExpertsDropout),
            Targets = [.. RecipeExperts.AllTargets.Where(targets.Contains)],
            Shards = reader.IsGiven(Model.ExpertsShards) ? shards : Math.Min(shards, count.Largest),
        };
    }

    private static RecipeRouter ReadRouter(KeyReader<Recipe> reader, RecipeRouterKind kind)
    {
        var isPlain = kind == RecipeRouterKind.None && !reader.IsGiven(Model.RouterTopK);
        return new RecipeRouter
        {
            Kind = kind,
            Scope = reader.Get(Model.RouterScope),
            TopK = isPlain ? 1 : reader.Get(Model.RouterTopK),
            SubRouters = reader.Get(Model.RouterSubRouters),
            TopM = reader.Get(Model.RouterTopM),
            Mixing = reader.Get(Model.RouterMixing),
            BalanceLoss = reader.Get(Model.RouterBalanceLoss),
            MainBalanceLoss = reader.Get(Model.RouterMainBalanceLoss),
            ZLoss = reader.Get(Model.RouterZLoss),
            Jitter = reader.Get(Model.RouterJitter),
            AllowNonCausal = reader.Get(Model.RouterAllowNonCausal),
        };
    }

    private static RecipeTraining ReadTraining(KeyReader<Recipe> reader) => new()
    {
        Steps = reader.Get(Run.TrainingSteps),
        BatchSequences = reader.Get(Run.TrainingBatchSequences),
        MicroBatchSequences = reader.Get(Run.TrainingMicroBatchSequences),
        Window = reader.Get(Run.TrainingWindow),
        LearningRate = reader.Get(Run.TrainingLearningRate),
        Schedule = reader.Get(Run.TrainingSchedule),
        WarmupFraction = reader.Get(Run.TrainingWarmupFraction),
        MinLearningRateFraction = reader.Get(Run.TrainingMinLearningRateFraction),
        WeightDecay = reader.Get(Run.TrainingWeightDecay),
        Beta1 = reader.Get(Run.TrainingBeta1),
        Beta2 = reader.Get(Run.TrainingBeta2),
        Epsilon = reader.Get(Run.TrainingEpsilon),
        ClipNorm = reader.Get(Run.TrainingClipNorm),
    };

    /// <summary>The file's name as the name of a run: lower case, with a dash for what is not allowed.</summary>
    internal static string NameOf(string path)
    {
        var characters = Path.GetFileNameWithoutExtension(path).ToLowerInvariant()
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-');
        var name = string.Concat(characters).TrimStart('-', '_', '.');
        return name.Length == 0 ? "recipe" : name[..Math.Min(name.Length, 100)];
    }
}
