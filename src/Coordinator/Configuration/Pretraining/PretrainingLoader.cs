using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.Pretraining.PretrainingKeys;

namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>Reads a pretraining recipe, fills in defaults, and checks keys against each other.</summary>
internal static class PretrainingLoader
{
    public static PretrainingRecipe Load(string path, string text, IEnumerable<string> overrides, string workingDirectory)
    {
        var problems = new ProblemList();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path, workingDirectory)) ?? workingDirectory;
        var root = YamlReader.Read(text, new Place(path, 1, folder), problems);
        if (root is null)
        {
            problems.ThrowIfAny();
        }

        var reader = new KeyReader<PretrainingRecipe>(Keys.All, root!, problems);
        reader.Override(overrides, workingDirectory);
        var recipe = ReadAll(reader, path);
        PretrainingChecks.CheckAll(recipe, reader);
        problems.ThrowIfAny();
        return recipe;
    }

    private static PretrainingRecipe ReadAll(KeyReader<PretrainingRecipe> reader, string path)
    {
        var data = ReadData(reader);
        return new PretrainingRecipe
        {
            Name = reader.IsGiven(Keys.Name) ? reader.Get(Keys.Name)! : RecipeLoader.NameOf(path),
            Seed = reader.Get(Keys.Seed),
            Model = ReadModel(reader, data.MaxTokens),
            Tokenizer = new PretrainingTokenizer
            {
                Path = reader.Get(Keys.TokenizerPath)!,
                EndOfText = reader.Get(Keys.TokenizerEndOfText),
            },
            Data = data,
            Training = ReadTraining(reader),
            Evaluation = new PretrainingEvaluation
            {
                EverySteps = reader.Get(Keys.EvaluationEverySteps),
                MaxSequences = reader.Get(Keys.EvaluationMaxSequences),
                EarlyStopPatience = reader.Get(Keys.EvaluationEarlyStopPatience),
            },
            Checkpoint = new RecipeCheckpoint
            {
                EverySteps = reader.Get(Keys.CheckpointEverySteps),
                Keep = reader.Get(Keys.CheckpointKeep),
            },
            Output = new PretrainingOutput { Dtype = reader.Get(Keys.OutputDtype) },
            Numerics = new RecipeNumerics { Threads = reader.Get(Keys.NumericsThreads) },
        };
    }

    private static PretrainingModel ReadModel(KeyReader<PretrainingRecipe> reader, int maxTokens)
    {
        var (hidden, heads) = (reader.Get(Keys.HiddenSize), reader.Get(Keys.Heads));
        var intermediate = reader.Get(Keys.IntermediateSize);
        var positions = reader.Get(Keys.MaxPositions);
        return new PretrainingModel
        {
            HiddenSize = hidden,
            IntermediateSize = reader.IsGiven(Keys.IntermediateSize) ? intermediate : ((hidden * 8 / 3) + 31) / 32 * 32,
            Layers = reader.Get(Keys.Layers),
            Heads = heads,
            KeyValueHeads = reader.Get(Keys.KeyValueHeads) ?? heads,
            HeadSize = reader.Get(Keys.HeadSize) ?? hidden / heads,
            MaxPositions = reader.IsGiven(Keys.MaxPositions) ? positions : Math.Max(positions, maxTokens),
            RopeTheta = reader.Get(Keys.RopeTheta),
            NormEpsilon = reader.Get(Keys.NormEpsilon),
            TiedEmbeddings = reader.Get(Keys.TiedEmbeddings),
            InitialDeviation = reader.Get(Keys.InitialDeviation),
        };
    }

    private static PretrainingDataKeys ReadData(KeyReader<PretrainingRecipe> reader) => new()
    {
        Files = reader.Get(Keys.DataFiles),
        Corpora = reader.Get(Keys.DataCorpora),
        Weights = reader.Get(Keys.DataWeights),
        MaxTokens = reader.Get(Keys.DataMaxTokens),
        ValidationFraction = reader.Get(Keys.DataValidationFraction),
    };

    private static RecipeTraining ReadTraining(KeyReader<PretrainingRecipe> reader) => new()
    {
        Steps = reader.Get(Keys.TrainingSteps),
        BatchSequences = reader.Get(Keys.TrainingBatchSequences),
        MicroBatchSequences = reader.Get(Keys.TrainingMicroBatchSequences),
        Window = reader.Get(Keys.TrainingWindow),
        LearningRate = reader.Get(Keys.TrainingLearningRate),
        Schedule = reader.Get(Keys.TrainingSchedule),
        WarmupFraction = reader.Get(Keys.TrainingWarmupFraction),
        MinLearningRateFraction = reader.Get(Keys.TrainingMinLearningRateFraction),
        WeightDecay = reader.Get(Keys.TrainingWeightDecay),
        Beta1 = reader.Get(Keys.TrainingBeta1),
        Beta2 = reader.Get(Keys.TrainingBeta2),
        Epsilon = reader.Get(Keys.TrainingEpsilon),
        ClipNorm = reader.Get(Keys.TrainingClipNorm),
    };
}
