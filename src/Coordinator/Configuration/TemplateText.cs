using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>A well-formed <see cref="TaskTemplate"/>.</summary>
public sealed class TemplateText(int mostCharacters, bool allowNull = false) : ValueKind<string?>
{
    private readonly PlainText _text = new(mostCharacters, allowNull);

    /// <inheritdoc/>
    public override string TypeName => _text.TypeName;

    /// <inheritdoc/>
    public override string Allowed => _text.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string? value)
    {
        if (!_text.TryRead(node, key, problems, out value))
        {
            return false;
        }

        if (value is null || TaskTemplate.TryParse(value, out _, out var problem))
        {
            return true;
        }

        problems.Add(
            node.Place,
            $"{key} is {node.Describe()}, where {problem}",
            "Write placeholders as {column}, and braces that are meant as such twice: {{ and }}.");
        return false;
    }

    /// <inheritdoc/>
    public override string Write(string? value) => _text.Write(value);
}
