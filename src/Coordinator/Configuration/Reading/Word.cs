namespace MoR.Coordinator.Configuration.Reading;

/// <summary>One of a few words, each standing for a value.</summary>
public sealed class Word<T>(params (string Word, T Value)[] words) : ValueKind<T>
    where T : notnull
{
    /// <inheritdoc/>
    public override string TypeName => "one word";

    /// <inheritdoc/>
    public override string Allowed => string.Join(" | ", words.Select(pair => pair.Word));

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out T value)
    {
        foreach (var (word, meaning) in words)
        {
            if (node is ScalarNode { IsNull: false } scalar && scalar.Text == word)
            {
                value = meaning;
                return true;
            }
        }

        value = words[0].Value;
        var nearest = node is ScalarNode { IsNull: false } typed
            ? NearestKey.Find(typed.Text, words.Select(pair => pair.Word))
            : words[0].Word;
        problems.Add(
            node.Place, $"{key} is {node.Describe()}, allowed is {Allowed}", $"Choose one of them, perhaps {nearest}.");
        return false;
    }

    /// <inheritdoc/>
    public override string Write(T value) =>
        words.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Word;
}
