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
        Choices = Definition.HasChoices
            ? [.. Items.Select(item => encoder.EncodeChoices(item, Definition.Name))]
            : [];
        Prompts = Definition.HasChoices
            ? []
            : [.. Items.Select(item => GenerationPrompt.Of(item, encoder, Definition.Name))];
        Truncation = TruncationReport.Of(
            Choices.Select(choices => choices.TokensRemoved).Concat(Prompts.Select(prompt => prompt.TokensRemoved)),
            encoder.MaxTokens);
    }

    /// <summary>The task.</summary>
    public TaskDefinition Definition { get; }

    /// <summary>The items.</summary>
    public ImmutableArray<TaskItem> Items { get; }

    /// <summary>Per item its choices as tokens; empty for tasks that are answered by generation.</summary>
    public ImmutableArray<ChoiceSequences> Choices { get; }

    /// <summary>Per item what text is generated after; empty for tasks with choices.</summary>
    public ImmutableArray<GenerationPrompt> Prompts { get; }

    /// <summary>What was cut.</summary>
    public TruncationReport Truncation { get; }
}
