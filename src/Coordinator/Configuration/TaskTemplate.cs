using System.Collections.Immutable;
using System.Text;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// Text with <c>{column}</c> placeholders; <c>{{</c> and <c>}}</c> stand for one brace. What a placeholder is replaced
/// by is never read as a template again.
/// </summary>
public sealed class TaskTemplate
{
    /// <summary>In a completion: the text of a choice.</summary>
    public const string Choice = "choice";

    /// <summary>In a completion: the letter of a choice.</summary>
    public const string Letter = "letter";

    /// <summary>In a prompt of a task with choices: all of them behind their letters.</summary>
    public const string Choices = "choices";

    private readonly ImmutableArray<(string Text, bool IsPlaceholder)> _parts;

    private TaskTemplate(ImmutableArray<(string Text, bool IsPlaceholder)> parts) => _parts = parts;

    /// <summary>The placeholders' names in order of first use, without duplicates.</summary>
    public ImmutableArray<string> Placeholders =>
        [.. _parts.Where(part => part.IsPlaceholder).Select(part => part.Text).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads a template that is known to be well formed.</summary>
    /// <exception cref="FormatException">A brace is not closed, not opened, or holds no name.</exception>
    public static TaskTemplate Parse(string template) =>
        TryParse(template, out var parsed, out var problem) ? parsed! : throw new FormatException(problem);

    /// <summary>Reads a template; <paramref name="problem"/> says what is wrong and at which character.</summary>
    public static bool TryParse(string template, out TaskTemplate? parsed, out string? problem)
    {
        var parts = ImmutableArray.CreateBuilder<(string, bool)>();
        var literal = new StringBuilder();
        parsed = null;
        problem = null;
        for (var i = 0; i < template.Length; i++)
        {
            var c = template[i];
            if (c is not ('{' or '}'))
            {
                literal.Append(c);
            }
            else if (i + 1 < template.Length && template[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '}')
            {
                problem = $"'}}' at character {i + 1} closes nothing";
                return false;
            }
            else
            {
                var end = template.AsSpan(i + 1).IndexOfAny('{', '}');
                if (end < 0 || template[i + 1 + end] == '{')
                {
                    problem = $"'{{' at character {i + 1} is not closed";
                    return false;
                }

                var name = template.Substring(i + 1, end);
                if (string.IsNullOrWhiteSpace(name))
                {
                    problem = $"the braces at character {i + 1} hold no column name";
                    return false;
                }

                Flush(parts, literal);
                parts.Add((name, true));
                i += 1 + end;
            }
        }

        Flush(parts, literal);
        parsed = new TaskTemplate(parts.ToImmutable());
        return true;
    }

    /// <summary>The text with placeholders replaced by what <paramref name="valueOf"/> gives for their names.</summary>
    public string Render(Func<string, string> valueOf)
    {
        var text = new StringBuilder();
        foreach (var (part, isPlaceholder) in _parts)
        {
            text.Append(isPlaceholder ? valueOf(part) : part);
        }

        return text.ToString();
    }

    private static void Flush(ImmutableArray<(string, bool)>.Builder parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add((literal.ToString(), false));
            literal.Clear();
        }
    }
}
