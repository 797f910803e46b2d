using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.RecipeKeys;
using ModelKeys = MoR.Coordinator.Configuration.RecipeKeys.Model;
using RunKeys = MoR.Coordinator.Configuration.RecipeKeys.Run;

namespace MoR.Coordinator.Configuration;

/// <summary>Reads a recipe, fills in defaults, and checks keys against each other.</summary>
internal static class RecipeLoader
{
    public static Recipe Load(
        string path, string text, IEnumerable<GivenValue> values, IEnumerable<string> overrides, string workingDirectory)
    {
        var problems = new ProblemList();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path, workingDirectory)) ?? workingDirectory;
        var root = YamlReader.Read(text, new Place(path, 1, folder), problems);
        if (root is null)
        {
            problems.ThrowIfAny();
        }

        var reader = new KeyReader<Recipe>(Keys.All, root!, problems);
        reader.Override(values);
        reader.Override(overrides, workingDirectory);
        var recipe = ReadAll(reader, path);
        RecipeChecks.CheckAll(recipe, reader);
        problems.ThrowIfAny();
        return recipe;
    }

    private static Recipe ReadAll(KeyReader<Recipe> reader, string path)
    {
        var kind = reader.Get(ModelKeys.RouterKind);
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
                EverySteps = reader.Get(RunKeys.EvaluationEverySteps),
                MaxItems = reader.Get(RunKeys.EvaluationMaxItems),
                LengthNormalisation = reader.Get(RunKeys.EvaluationLengthNormalisation),
                EarlyStopPatience = reader.Get(RunKeys.EvaluationEarlyStopPatience),
            },
            Checkpoint = new RecipeCheckpoint
            {
                EverySteps = reader.Get(RunKeys.CheckpointEverySteps),
                Keep = reader.Get(RunKeys.CheckpointKeep),
            },
            Numerics = new RecipeNumerics
            {
                Threads = reader.Get(RunKeys.NumericsThreads),
                Wire = reader.Get(RunKeys.NumericsWire),
            },
            Cluster = new RecipeCluster
            {
                Replicas = reader.Get(Keys.Cluster.Replicas),
                WaitSeconds = reader.Get(Keys.Cluster.WaitSeconds),
                WhenLost = reader.Get(Keys.Cluster.WhenLost),
            },
        };
    }

    private static RecipeExperts ReadExperts(KeyReader<Recipe> reader, RecipeRouterKind kind)
    {
        var isPlain = kind == RecipeRouterKind.None && !reader.IsGiven(ModelKeys.ExpertsCount);
        var count = isPlain ? new LayerNumbers(1) : reader.Get(ModelKeys.ExpertsCount);
        var shards = reader.Get(ModelKeys.ExpertsShards);
        var targets = reader.Get(ModelKeys.ExpertsTargets);
        return new RecipeExperts
        {
            Count = count,
            Rank = reader.Get(ModelKeys.ExpertsRank),
            Alpha = reader.Get(ModelKeys.ExpertsAlpha),
            Dropout = reader.Get(ModelKeys.ExpertsDropout),
            Targets = [.. RecipeExperts.AllTargets.Where(targets.Contains)],
            Shards = reader.IsGiven(ModelKeys.ExpertsShards) ? shards : Math.Min(shards, count.Largest),
        };
    }

    private static RecipeRouter ReadRouter(KeyReader<Recipe> reader, RecipeRouterKind kind)
    {
        var isPlain = kind == RecipeRouterKind.None && !reader.IsGiven(ModelKeys.RouterTopK);
        return new RecipeRouter
        {
            Kind = kind,
            Scope = reader.Get(ModelKeys.RouterScope),
            TopK = isPlain ? 1 : reader.Get(ModelKeys.RouterTopK),
            SubRouters = reader.Get(ModelKeys.RouterSubRouters),
            TopM = reader.Get(ModelKeys.RouterTopM),
            Mixing = reader.Get(ModelKeys.RouterMixing),
            BalanceLoss = reader.Get(ModelKeys.RouterBalanceLoss),
            MainBalanceLoss = reader.Get(ModelKeys.RouterMainBalanceLoss),
            ZLoss = reader.Get(ModelKeys.RouterZLoss),
            Jitter = reader.Get(ModelKeys.RouterJitter),
            AllowNonCausal = reader.Get(ModelKeys.RouterAllowNonCausal),
        };
    }

    private static RecipeTraining ReadTraining(KeyReader<Recipe> reader) => new()
    {
        Steps = reader.Get(RunKeys.TrainingSteps),
        BatchSequences = reader.Get(RunKeys.TrainingBatchSequences),
        MicroBatchSequences = reader.Get(RunKeys.TrainingMicroBatchSequences),
        Window = reader.Get(RunKeys.TrainingWindow),
        Recompute = reader.Get(RunKeys.TrainingRecompute),
        LearningRate = reader.Get(RunKeys.TrainingLearningRate),
        Schedule = reader.Get(RunKeys.TrainingSchedule),
        WarmupFraction = reader.Get(RunKeys.TrainingWarmupFraction),
        MinLearningRateFraction = reader.Get(RunKeys.TrainingMinLearningRateFraction),
        WeightDecay = reader.Get(RunKeys.TrainingWeightDecay),
        Beta1 = reader.Get(RunKeys.TrainingBeta1),
        Beta2 = reader.Get(RunKeys.TrainingBeta2),
        Epsilon = reader.Get(RunKeys.TrainingEpsilon),
        ClipNorm = reader.Get(RunKeys.TrainingClipNorm),
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
