namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>The variables that a piece of a template sees: its own, then those around it.</summary>
internal sealed class JinjaScope(JinjaScope? parent)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    private JinjaScope? Parent => parent;

    public void Set(string name, object? value) => _variables[name] = value;

    /// <summary>The value of a name: a variable's, else a function, else undefined.</summary>
    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._variables.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return JinjaFunction.Names.Contains(name) ? new JinjaFunction(name) : new JinjaUndefined(name);
    }
}
