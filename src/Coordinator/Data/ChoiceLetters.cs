using System.Collections.Immutable;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>The letters A to Z that stand for an item's choices.</summary>
internal static class ChoiceLetters
{
    private const int Count = 'Z' - 'A' + 1;

    /// <summary>The letter of a choice, by its index.</summary>
    /// <exception cref="InputException">There are more choices than letters.</exception>
    public static string Of(int choice, DataSource source) => choice < Count
        ? ((char)('A' + choice)).ToString()
        : throw source.Error(
            $"the item has a choice {choice + 1}, and there are letters for {Count}",
            "Write the choices' texts, {choice}, in place of letters in the task file.");

    /// <summary>The choices one a line, each behind its letter: <c>A. text</c>.</summary>
    /// <exception cref="InputException">There are more choices than letters.</exception>
    public static string List(ImmutableArray<string> choices, DataSource source) =>
        string.Join('\n', choices.Select((choice, index) => $"{Of(index, source)}. {choice}"));
}
