using System.Collections.Immutable;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>
/// A template in the part of Jinja (version 3) that chat templates use. What is not of that part is refused by name and
/// line: a statement when the template is read, a filter, test, function or method when it is reached.
/// </summary>
internal sealed class JinjaTemplate
{
    private readonly JinjaSource _source;
    private readonly ImmutableArray<JinjaStatement> _body;

    private JinjaTemplate(JinjaSource source, ImmutableArray<JinjaStatement> body) => (_source, _body) = (source, body);

    /// <summary>Reads a template.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">It is malformed, or has an unsupported statement.</exception>
    public static JinjaTemplate Parse(JinjaSource source) => new(source, JinjaParser.Parse(source));

    /// <summary>The text of the template with some variables.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">It raised an exception, came upon something unsupported, or
    /// took too much work.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables)
    {
        var scope = new JinjaScope(null);
        foreach (var (name, value) in variables)
        {
            scope.Set(name, value);
        }

        var interpreter = new JinjaInterpreter(_source);
        interpreter.Run(_body, scope);
        return interpreter.Output;
    }
}
