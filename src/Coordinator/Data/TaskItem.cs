using System.Collections.Immutable;
using MoR.Model.ChatTemplates;

namespace MoR.Coordinator.Data;

/// <summary>One row of a task, rendered: what the model is given and what it should say.</summary>
public sealed record TaskItem
{
    /// <summary>The item's number within its split, from 0, before any item was dropped.</summary>
    public required int Id { get; init; }

    /// <summary>Where the row stands, for messages.</summary>
    public required DataSource Source { get; init; }

    /// <summary>The text that the model is given; of a chat, with the marks of its template.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the chat template puts around the messages; null for an item that is no chat.</summary>
    public ChatFrame? Chat { get; init; }

    /// <summary>The texts of the choices, as <c>{choice}</c> stands for them; empty for a task without
    /// choices.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>What the model would say for each of <see cref="Choices"/>, usually a space and the choice.</summary>
    public ImmutableArray<string> ChoiceCompletions { get; init; } = [];

    /// <summary>Index of the right choice, or -1 for a task without choices.</summary>
    public int Label { get; init; } = -1;

    /// <summary>What the model should say: for a task with choices, the completion of the right one.</summary>
    public required string Completion { get; init; }
}
