using System.Collections.Immutable;

namespace MoR.Coordinator.Configuration;

/// <summary>Which rows of a task's files are its items: those that fulfil all conditions, of all splits and of theirs.</summary>
public sealed record TaskConditions
{
    public ImmutableArray<ColumnCondition> All { get; init; } = [];

    public ImmutableArray<ColumnCondition> Train { get; init; } = [];

    public ImmutableArray<ColumnCondition> Dev { get; init; } = [];

    public ImmutableArray<ColumnCondition> Test { get; init; } = [];

    /// <summary>Whether there is no condition at all.</summary>
    public bool IsEmpty => All.IsEmpty && Train.IsEmpty && Dev.IsEmpty && Test.IsEmpty;

    /// <summary>The conditions for rows of <c>train</c>, <c>dev</c> or <c>test</c>.</summary>
    public ImmutableArray<ColumnCondition> Of(string split) => split switch
    {
        "train" => [.. All, .. Train],
        "dev" => [.. All, .. Dev],
        "test" => [.. All, .. Test],
        _ => All,
    };
}
