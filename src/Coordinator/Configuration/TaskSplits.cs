using System.Collections.Immutable;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// The files of each split, in reading order, as written in the task file: relative to <c>data.folder</c>, or absolute.
/// An absent split is an empty array.
/// </summary>
public sealed record TaskSplits
{
    public ImmutableArray<string> Train { get; init; } = [];

    public ImmutableArray<string> Dev { get; init; } = [];

    public ImmutableArray<string> Test { get; init; } = [];

    /// <summary>The files of <c>train</c>, <c>dev</c> or <c>test</c>; empty for any other word.</summary>
    public ImmutableArray<string> Named(string split) => split switch
    {
        "train" => Train,
        "dev" => Dev,
        "test" => Test,
        _ => [],
    };
}
