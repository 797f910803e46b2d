using System.Collections.Immutable;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Evaluation;

/// <summary>A task's evaluation items, encoded once.</summary>
public sealed class EvaluationTask
{
    /// <summary>Encodes at most <paramref name="maxItems"/> items (0: all), sampled by the seed.</summary>
    public EvaluationTask(TaskData data, SequenceEncoder encoder, int maxItems, ulong seed)
    {
        Definition = data.Definition;
        Items = data.SampleEvaluation(maxItems, seed);
        if (Definition.IsText)
        {
            Sequences = EvaluationSample.Of(
                [.. encoder.EncodeTexts(data.EvaluationTexts, Definition.Name)], maxItems, seed);
        }
        else if (Definition.Metric == TaskMetric.Perplexity)
        {
            Sequences = [.. Items.Select(item => encoder.Encode(item, Definition.Name))];
        }
        else if (Definition.HasChoices)
        {
            Choices = [.. Items.Select(item => encoder.EncodeChoices(item, Definition.Name))];
        }
        else
        {
            Prompts = [.. Items.Select(item => GenerationPrompt.Of(item, encoder, Definition.Name))];
        }

        Truncation = TruncationReport.Of(
            [
                .. Choices.Select(choices => choices.TokensRemoved),
                .. Prompts.Select(prompt => prompt.TokensRemoved),
                .. Sequences.Select(sequence => sequence.TokensRemoved),
            ],
            encoder.MaxTokens);
    }

    /// <summary>The task.</summary>
    public TaskDefinition Definition { get; }

    /// <summary>The items; empty for a plain text.</summary>
    public ImmutableArray<TaskItem> Items { get; }

    /// <summary>How many items are evaluated; of a plain text, how many windows.</summary>
    public int Count => Choices.Length + Prompts.Length + Sequences.Length;

    /// <summary>Per item its choices as tokens; empty for tasks without choices.</summary>
    public ImmutableArray<ChoiceSequences> Choices { get; } = [];

    /// <summary>Per item what text is generated after; empty for tasks that are not answered by generation.</summary>
    public ImmutableArray<GenerationPrompt> Prompts { get; } = [];

    /// <summary>What a perplexity is taken of: windows of a plain text, or items; empty for other metrics.</summary>
    public ImmutableArray<TrainingSequence> Sequences { get; } = [];

    /// <summary>
    /// Share of these items that are answered right by the one answer that is right most often among them, by the rule that
    /// answers are scored by: who does not beat it has learnt nothing but that answer. Null where nothing is right or wrong.
    /// </summary>
    public double? ConstantAccuracy =>
        Items.Length == 0 || Definition.Metric == TaskMetric.Perplexity ? null
        : Items.GroupBy(
            item => Definition.HasChoices ? $"{item.Label}" : ExactMatch.KeyOf(item.Completion), StringComparer.Ordinal)
            .Max(group => group.Count()) / (double)Items.Length;

    /// <summary>What was cut.</summary>
    public TruncationReport Truncation { get; }
}
