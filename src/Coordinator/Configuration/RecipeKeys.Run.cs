using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;
using MoR.Torch;

namespace MoR.Coordinator.Configuration;

public static partial class RecipeKeys
{
    /// <summary>Keys of training, evaluation, checkpoints and numerics.</summary>
    public static class Run
    {
        public static readonly ConfigKey<Recipe, int> TrainingSteps =
            new("training.steps", new WholeNumber<int>(1, MostCount), r => r.Training.Steps)
            {
                Meaning = "total optimiser steps; the schedule is laid over them and a resumed run stops there too",
                Unit = "steps",
                Default = 200,
                Source = OurChoice + ": minutes on two cores with a tiny backbone",
            };

        public static readonly ConfigKey<Recipe, int> TrainingBatchSequences =
            new("training.batch_sequences", new WholeNumber<int>(1, 65536), r => r.Training.BatchSequences)
            {
                Meaning = "sequences per step",
                Unit = "sequences",
                Default = 16,
                Source = "MoE-PEFT (batch 16, micro-batch 8)",
            };

        public static readonly ConfigKey<Recipe, int> TrainingMicroBatchSequences =
            new("training.micro_batch_sequences", new WholeNumber<int>(1, 65536), r => r.Training.MicroBatchSequences)
            {
                Meaning = "sequences that go through the backbone together; when it does not divide the batch, the "
                    + "last micro-batch is smaller",
                Unit = "sequences",
                Default = 8,
                Source = "MoE-PEFT, MoLA's README",
            };

        public static readonly ConfigKey<Recipe, int> TrainingWindow =
            new("training.window", new WholeNumber<int>(1, 16), r => r.Training.Window)
            {
                Meaning = "micro-batches in flight: decides memory and speed, never a result",
                Unit = "micro-batches",
                Default = 2,
                Source = OurChoice + ": one computes while one waits",
            };

        public static readonly ConfigKey<Recipe, bool> TrainingRecompute =
            new("training.recompute", new Truth(), r => r.Training.Recompute)
            {
                Meaning = "compute attention again in the backward pass and do not keep what it gave, as is always done with "
                    + "norms and SwiGLU: less memory, never another result",
                Default = false,
                Source = OurChoice + ": memory is seldom short",
            };

        public static readonly ConfigKey<Recipe, double> TrainingLearningRate =
            new("training.learning_rate", new RealNumber(0, 10, aboveLeast: true), r => r.Training.LearningRate)
            {
                Meaning = "peak learning rate",
                Default = 3e-4,
                Source = MoLA,
            };

        public static readonly ConfigKey<Recipe, RecipeSchedule> TrainingSchedule =
            new(
                "training.schedule",
                new Word<RecipeSchedule>(
                    ("cosine", RecipeSchedule.Cosine),
                    ("linear", RecipeSchedule.Linear),
                    ("constant", RecipeSchedule.Constant)),
                r => r.Training.Schedule)
            {
                Meaning = "how the learning rate falls after the warmup",
                Default = RecipeSchedule.Cosine,
                Source = "Parrot's fine-tuning script (cosine)",
            };

        public static readonly ConfigKey<Recipe, double> TrainingWarmupFraction =
            new("training.warmup_fraction", new RealNumber(0, 1), r => r.Training.WarmupFraction)
            {
                Meaning = "part of the steps over which the learning rate rises linearly",
                Unit = "fraction of steps",
                Default = 0.03,
                Source = "Parrot's fine-tuning script (warmup .03)",
            };

        public static readonly ConfigKey<Recipe, double> TrainingMinLearningRateFraction =
            new("training.min_learning_rate_fraction", new RealNumber(0, 1), r => r.Training.MinLearningRateFraction)
            {
                Meaning = "where the schedule ends",
                Unit = "fraction of training.learning_rate",
                Default = 0,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, double> TrainingWeightDecay =
            new("training.weight_decay", new RealNumber(0, 10), r => r.Training.WeightDecay)
            {
                Meaning = "AdamW's decoupled weight decay",
                Default = 0,
                Source = OurChoice + ": adapters start at zero",
            };

        public static readonly ConfigKey<Recipe, double> TrainingBeta1 =
            new("training.beta1", new RealNumber(0, 1, belowMost: true), r => r.Training.Beta1)
            {
                Meaning = "AdamW's decay of the first moment",
                Default = 0.9,
                Source = "Adam (arXiv 1412.6980)",
            };

        public static readonly ConfigKey<Recipe, double> TrainingBeta2 =
            new("training.beta2", new RealNumber(0, 1, belowMost: true), r => r.Training.Beta2)
            {
                Meaning = "AdamW's decay of the second moment",
                Default = 0.999,
                Source = "Adam (arXiv 1412.6980)",
            };

        public static readonly ConfigKey<Recipe, double> TrainingEpsilon =
            new("training.epsilon", new RealNumber(0, 1, aboveLeast: true), r => r.Training.Epsilon)
            {
                Meaning = "AdamW's addend to the denominator",
                Default = 1e-8,
                Source = "Adam (arXiv 1412.6980)",
            };

        public static readonly ConfigKey<Recipe, double> TrainingClipNorm =
            new("training.clip_norm", new RealNumber(0, 1e9), r => r.Training.ClipNorm)
            {
                Meaning = "largest global norm of a step's gradient; 0 is off",
                Default = 1,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, int> EvaluationEverySteps =
            new("evaluation.every_steps", new WholeNumber<int>(0, MostCount), r => r.Evaluation.EverySteps)
            {
                Meaning = "steps between evaluations; 0 means only before and after training",
                Unit = "steps",
                Default = 0,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, int> EvaluationMaxItems =
            new("evaluation.max_items", new WholeNumber<int>(0, MostCount), r => r.Evaluation.MaxItems)
            {
                Meaning = "items of each task that are evaluated, the first ones after a seeded shuffle; 0 means all",
                Unit = "items",
                Default = 500,
                Source = OurChoice + ": a standard error of at most 2.3 points",
            };

        public static readonly ConfigKey<Recipe, RecipeLengthNormalisation> EvaluationLengthNormalisation =
            new(
                "evaluation.length_normalisation",
                new Word<RecipeLengthNormalisation>(
                    ("none", RecipeLengthNormalisation.None),
                    ("tokens", RecipeLengthNormalisation.Tokens),
                    ("characters", RecipeLengthNormalisation.Characters)),
                r => r.Evaluation.LengthNormalisation)
            {
                Meaning = "what a choice's log-likelihood is divided by",
                Default = RecipeLengthNormalisation.None,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, int> EvaluationEarlyStopPatience =
            new(
                "evaluation.early_stop_patience",
                new WholeNumber<int>(0, MostCount),
                r => r.Evaluation.EarlyStopPatience)
            {
                Meaning = "evaluations without improvement after which training stops; 0 is off; needs "
                    + "evaluation.every_steps",
                Unit = "evaluations",
                Default = 0,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, int> CheckpointEverySteps =
            new("checkpoint.every_steps", new WholeNumber<int>(0, MostCount), r => r.Checkpoint.EverySteps)
            {
                Meaning = "steps between checkpoints; 0 means only at the end or when interrupted",
                Unit = "steps",
                Default = 100,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, int> CheckpointKeep =
            new("checkpoint.keep", new WholeNumber<int>(1, MostCount), r => r.Checkpoint.Keep)
            {
                Meaning = "newest checkpoints that are kept, besides the best evaluated one",
                Unit = "checkpoints",
                Default = 3,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, int?> NumericsThreads =
            new(
                "numerics.threads",
                new OrNull<int>(new WholeNumber<int>(1, RecipeNumerics.MostThreads)),
                r => r.Numerics.Threads)
            {
                Meaning = "worker threads: decides speed, never a result; null means one per processor, at most 64",
                Unit = "threads",
                Default = null,
                Source = OurChoice + ": concurrent BLAS calls crashed at 200 threads, measured",
            };

        public static readonly ConfigKey<Recipe, WireType> NumericsWire =
            new(
                "numerics.wire",
                new Word<WireType>(("f32", WireType.F32), ("bf16", WireType.Bf16), ("int8", WireType.Int8)),
                r => r.Numerics.Wire)
            {
                Meaning = "how rows are rounded that go to experts and come back while training, in this process as on nodes: f32 "
                    + "not at all, bf16 to two bytes per value, int8 to one byte and a scale per row; evaluation and generation do "
                    + "not round",
                Default = WireType.F32,
                Source = OurChoice + ": the only one that changes no bit",
            };

        internal static ImmutableArray<ConfigKey<Recipe>> All { get; } =
        [
            TrainingSteps, TrainingBatchSequences, TrainingMicroBatchSequences, TrainingWindow, TrainingRecompute,
            TrainingLearningRate, TrainingSchedule, TrainingWarmupFraction, TrainingMinLearningRateFraction,
            TrainingWeightDecay, TrainingBeta1, TrainingBeta2, TrainingEpsilon, TrainingClipNorm,
            EvaluationEverySteps, EvaluationMaxItems, EvaluationLengthNormalisation, EvaluationEarlyStopPatience,
            CheckpointEverySteps, CheckpointKeep, NumericsThreads, NumericsWire,
        ];
    }
}
