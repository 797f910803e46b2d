using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;
using MoR.Coordinator.Pretraining.Corpora;
using Run = MoR.Coordinator.Configuration.RecipeKeys.Run;

namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>Every key of a pretraining recipe: meaning, unit, range, default and where the default comes from.</summary>
public static class PretrainingKeys
{
    private const int MostCount = 1_000_000_000;
    private const string OurChoice = "our choice";
    private const string Llama = "LLaMA (arXiv 2302.13971)";
    private const string Small = OurChoice + ": for two cores";

    private static readonly ListOf<string> CorpusNames =
        new(new Word<string>([.. CorpusCatalogue.All.Select(corpus => (corpus.Name, corpus.Name))]), 0, 100, allowSingle: true);

    public static readonly ConfigKey<PretrainingRecipe, string?> Name = RecipeKeys.Name.For<PretrainingRecipe>(r => r.Name);

    public static readonly ConfigKey<PretrainingRecipe, long> Seed = RecipeKeys.Seed.For<PretrainingRecipe>(r => r.Seed);

    public static readonly ConfigKey<PretrainingRecipe, int> HiddenSize =
        new("model.hidden_size", new WholeNumber<int>(2, 1 << 14), r => r.Model.HiddenSize)
        {
            Meaning = "width of the residual stream",
            Default = 192,
            Source = Small,
        };

    public static readonly ConfigKey<PretrainingRecipe, int> IntermediateSize =
        new("model.intermediate_size", new WholeNumber<int>(1, 1 << 16), r => r.Model.IntermediateSize)
        {
            Meaning = "width between gate, up and down",
            Default = 512,
            DefaultInWords = "8/3 of model.hidden_size, rounded up to a multiple of 32",
            Source = Llama + " (2/3 of 4 times the width)",
        };

    public static readonly ConfigKey<PretrainingRecipe, int> Layers =
        new("model.layers", new WholeNumber<int>(1, 256), r => r.Model.Layers)
        {
            Meaning = "number of blocks",
            Default = 4,
            Source = Small,
        };

    public static readonly ConfigKey<PretrainingRecipe, int> Heads =
        new("model.heads", new WholeNumber<int>(1, 1024), r => r.Model.Heads)
        {
            Meaning = "query heads",
            Default = 6,
            Source = Small,
        };

    public static readonly ConfigKey<PretrainingRecipe, int?> KeyValueHeads =
        new("model.key_value_heads", new OrNull<int>(new WholeNumber<int>(1, 1024)), r => r.Model.KeyValueHeads)
        {
            Meaning = "key and value heads, a divisor of model.heads; null means as many as model.heads",
            Default = null,
            Source = Llama,
        };

    public static readonly ConfigKey<PretrainingRecipe, int?> HeadSize =
        new("model.head_size", new OrNull<int>(new WholeNumber<int>(2, 1024)), r => r.Model.HeadSize)
        {
            Meaning = "width of a head, even; null means model.hidden_size / model.heads",
            Default = null,
            Source = Llama,
        };

    public static readonly ConfigKey<PretrainingRecipe, int> MaxPositions =
        new("model.max_positions", new WholeNumber<int>(2, 1 << 20), r => r.Model.MaxPositions)
        {
            Meaning = "longest sequence that the backbone is said to be for; at least data.max_tokens",
            Unit = "tokens",
            Default = 512,
            DefaultInWords = "512, or data.max_tokens if that is larger",
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, double> RopeTheta =
        new("model.rope_theta", new RealNumber(1, 1e12), r => r.Model.RopeTheta)
        {
            Meaning = "base of the rotary embedding's frequencies",
            Default = 10000,
            Source = "RoPE (arXiv 2104.09864)",
        };

    public static readonly ConfigKey<PretrainingRecipe, double> NormEpsilon =
        new("model.norm_epsilon", new RealNumber(0, 1), r => r.Model.NormEpsilon)
        {
            Meaning = "addend under the root of the RMS norms",
            Default = 1e-5,
            Source = Llama + ", version 2",
        };

    public static readonly ConfigKey<PretrainingRecipe, bool> TiedEmbeddings =
        new("model.tied_embeddings", new Truth(), r => r.Model.TiedEmbeddings)
        {
            Meaning = "use the embedding as output head",
            Default = true,
            Source = OurChoice + ": fewer parameters in a small model",
        };

    public static readonly ConfigKey<PretrainingRecipe, double> InitialDeviation =
        new("model.initial_deviation", new RealNumber(0, 1, aboveLeast: true), r => r.Model.InitialDeviation)
        {
            Meaning = "standard deviation of the initial weights; of o_proj and down_proj it is divided by the root of "
                + "2 * model.layers",
            Default = 0.02,
            Source = "GPT-2 (Radford et al. 2019, section 2.3, and its released code)",
        };

    public static readonly ConfigKey<PretrainingRecipe, string?> TokenizerPath =
        new("tokenizer.path", new PathText(), r => r.Tokenizer.Path)
        {
            Meaning = "a tokenizer.json, which also sets the vocabulary and is copied to the result",
            IsRequired = true,
        };

    public static readonly ConfigKey<PretrainingRecipe, string?> TokenizerEndOfText =
        new("tokenizer.end_of_text", new PlainText(100, allowNull: true), r => r.Tokenizer.EndOfText)
        {
            Meaning = "the token that ends a text, as the tokenizer spells it; null takes the first that it has of "
                + TextEndings.InWords,
            Default = null,
            Source = "GPT-2, LLaMA, LLaMA 3 and common use",
        };

    public static readonly ConfigKey<PretrainingRecipe, ItemList<string>> DataFiles =
        new("data.files", new ListOf<string>(new FilePath(), 0, 10_000, allowSingle: true), r => r.Data.Files)
        {
            Meaning = "UTF-8 text files, each one text, cut into windows of data.max_tokens",
            Default = [],
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, ItemList<string>> DataCorpora =
        new("data.corpora", CorpusNames, r => r.Data.Corpora)
        {
            Meaning = "generated corpora: endless documents that follow from the seed; small kinds of document come again",
            Default = [],
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, ItemList<double>> DataWeights =
        new(
            "data.weights",
            new ListOf<double>(new RealNumber(0, 1e6, aboveLeast: true), 0, 101, allowSingle: true, allowDuplicates: true),
            r => r.Data.Weights)
        {
            Meaning = "relative number of sequences from each source: the files together, if there are any, then each of "
                + "data.corpora in its order; empty means equal",
            Default = [],
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, int> DataMaxTokens =
        new("data.max_tokens", new WholeNumber<int>(2, 1 << 20), r => r.Data.MaxTokens)
        {
            Meaning = "longest sequence; longer documents of a corpus are cut",
            Unit = "tokens",
            Default = 128,
            Source = Small,
        };

    public static readonly ConfigKey<PretrainingRecipe, double> DataValidationFraction =
        new("data.validation_fraction", new RealNumber(0, 0.5), r => r.Data.ValidationFraction)
        {
            Meaning = "share of the files' windows, from the end of each file, that is only evaluated on; corpora draw "
                + "documents of their own for that, and in small kinds some were trained on too",
            Unit = "fraction",
            Default = 0.02,
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, int> TrainingSteps =
        Run.TrainingSteps.For<PretrainingRecipe>(r => r.Training.Steps, 2000, Small);

    public static readonly ConfigKey<PretrainingRecipe, int> TrainingBatchSequences =
        Run.TrainingBatchSequences.For<PretrainingRecipe>(r => r.Training.BatchSequences, 32, Small);

    public static readonly ConfigKey<PretrainingRecipe, int> TrainingMicroBatchSequences =
        Run.TrainingMicroBatchSequences.For<PretrainingRecipe>(r => r.Training.MicroBatchSequences, 8, Small);

    public static readonly ConfigKey<PretrainingRecipe, int> TrainingWindow =
        Run.TrainingWindow.For<PretrainingRecipe>(
            r => r.Training.Window, 4, OurChoice + ": each keeps one thread busy");

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingLearningRate =
        Run.TrainingLearningRate.For<PretrainingRecipe>(r => r.Training.LearningRate, 1e-3, OurChoice + ": for small models");

    public static readonly ConfigKey<PretrainingRecipe, RecipeSchedule> TrainingSchedule =
        Run.TrainingSchedule.For<PretrainingRecipe>(r => r.Training.Schedule, RecipeSchedule.Cosine, Llama);

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingWarmupFraction =
        Run.TrainingWarmupFraction.For<PretrainingRecipe>(r => r.Training.WarmupFraction, 0.03, OurChoice);

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingMinLearningRateFraction =
        Run.TrainingMinLearningRateFraction.For<PretrainingRecipe>(r => r.Training.MinLearningRateFraction, 0.1, Llama);

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingWeightDecay =
        new("training.weight_decay", Run.TrainingWeightDecay.Kind, r => r.Training.WeightDecay)
        {
            Meaning = Run.TrainingWeightDecay.Meaning + " of matrices; norms have none",
            Default = 0.1,
            Source = Llama,
        };

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingBeta1 =
        Run.TrainingBeta1.For<PretrainingRecipe>(r => r.Training.Beta1, 0.9, Llama);

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingBeta2 =
        Run.TrainingBeta2.For<PretrainingRecipe>(r => r.Training.Beta2, 0.95, Llama);

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingEpsilon =
        Run.TrainingEpsilon.For<PretrainingRecipe>(r => r.Training.Epsilon);

    public static readonly ConfigKey<PretrainingRecipe, double> TrainingClipNorm =
        Run.TrainingClipNorm.For<PretrainingRecipe>(r => r.Training.ClipNorm, 1, Llama);

    public static readonly ConfigKey<PretrainingRecipe, int> EvaluationEverySteps =
        Run.EvaluationEverySteps.For<PretrainingRecipe>(r => r.Evaluation.EverySteps, 200, OurChoice);

    public static readonly ConfigKey<PretrainingRecipe, int> EvaluationMaxSequences =
        new("evaluation.max_sequences", new WholeNumber<int>(0, MostCount), r => r.Evaluation.MaxSequences)
        {
            Meaning = "sequences whose next-token NLL is measured, divided among the sources as training is; files may have "
                + "fewer; 0 is no evaluation",
            Unit = "sequences",
            Default = 128,
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, int> EvaluationEarlyStopPatience =
        Run.EvaluationEarlyStopPatience.For<PretrainingRecipe>(r => r.Evaluation.EarlyStopPatience);

    public static readonly ConfigKey<PretrainingRecipe, int> CheckpointEverySteps =
        Run.CheckpointEverySteps.For<PretrainingRecipe>(r => r.Checkpoint.EverySteps, 200, OurChoice);

    public static readonly ConfigKey<PretrainingRecipe, int> CheckpointKeep =
        Run.CheckpointKeep.For<PretrainingRecipe>(r => r.Checkpoint.Keep);

    public static readonly ConfigKey<PretrainingRecipe, OutputDtype> OutputDtype =
        new(
            "output.dtype",
            new Word<OutputDtype>(("f32", Pretraining.OutputDtype.F32), ("bf16", Pretraining.OutputDtype.BF16)),
            r => r.Output.Dtype)
        {
            Meaning = "type of the stored weights; bf16 halves the file and rounds",
            Default = Pretraining.OutputDtype.F32,
            Source = OurChoice,
        };

    public static readonly ConfigKey<PretrainingRecipe, int?> NumericsThreads =
        Run.NumericsThreads.For<PretrainingRecipe>(r => r.Numerics.Threads);

    /// <summary>Every key, in the order in which recipes are written.</summary>
    public static ImmutableArray<ConfigKey<PretrainingRecipe>> All { get; } =
    [
        Name, Seed, HiddenSize, IntermediateSize, Layers, Heads, KeyValueHeads, HeadSize, MaxPositions, RopeTheta,
        NormEpsilon, TiedEmbeddings, InitialDeviation, TokenizerPath, TokenizerEndOfText, DataFiles, DataCorpora,
        DataWeights, DataMaxTokens, DataValidationFraction, TrainingSteps, TrainingBatchSequences,
        TrainingMicroBatchSequences, TrainingWindow, TrainingLearningRate, TrainingSchedule, TrainingWarmupFraction,
        TrainingMinLearningRateFraction, TrainingWeightDecay, TrainingBeta1, TrainingBeta2, TrainingEpsilon,
        TrainingClipNorm, EvaluationEverySteps, EvaluationMaxSequences, EvaluationEarlyStopPatience,
        CheckpointEverySteps, CheckpointKeep, OutputDtype, NumericsThreads,
    ];
}
