namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A text that is never null, for lists.</summary>
public sealed class Phrase(int mostCharacters) : ValueKind<string>
{
    private readonly PlainText _text = new(mostCharacters);

    /// <inheritdoc/>
    public override string TypeName => _text.TypeName;

    /// <inheritdoc/>
    public override string Allowed => _text.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string value)
    {
        var isGood = _text.TryRead(node, key, problems, out var text);
        value = text ?? "";
        return isGood;
    }

    /// <inheritdoc/>
    public override string Write(string value) => _text.Write(value);
}
