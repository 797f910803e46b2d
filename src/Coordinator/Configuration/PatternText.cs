using System.Text.RegularExpressions;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>A .NET regular expression with a capture group, or null.</summary>
public sealed class PatternText(int mostCharacters) : ValueKind<string?>
{
    private readonly PlainText _text = new(mostCharacters, allowNull: true);

    /// <inheritdoc/>
    public override string TypeName => "a regular expression or null";

    /// <inheritdoc/>
    public override string Allowed => _text.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string? value)
    {
        if (!_text.TryRead(node, key, problems, out value))
        {
            return false;
        }

        if (value is null)
        {
            return true;
        }

        string problem;
        try
        {
            var regex = new Regex(value, RegexOptions.CultureInvariant, TaskDefinition.PatternTimeout);
            if (regex.GetGroupNumbers().Contains(1))
            {
                return true;
            }

            problem = "which has no capture group 1";
        }
        catch (RegexParseException e)
        {
            problem = $"which is not a regular expression ({e.Error} at character {e.Offset + 1})";
        }

        problems.Add(
            node.Place, $"{key} is {node.Describe()}, {problem}", "Put the choice in parentheses: `Answer: (\\w+)`.");
        return false;
    }

    /// <inheritdoc/>
    public override string Write(string? value) => _text.Write(value);
}
