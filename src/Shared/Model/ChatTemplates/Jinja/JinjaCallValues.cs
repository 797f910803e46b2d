using MoR.Cluster.Errors;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>The values that a call, filter or test was given; reading one as the wrong type is an error.</summary>
internal sealed class JinjaCallValues(
    JinjaSource source, int line, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    public int Count => positional.Count;

    public IReadOnlyList<object?> Positional => positional;

    public IReadOnlyDictionary<string, object?> Named => named;

    /// <summary>Whether the argument at a position, or of a name, is given.</summary>
    public bool Has(int position, string name) => position < positional.Count || named.ContainsKey(name);

    /// <summary>An argument by position or name.</summary>
    public object? Get(int position, string name) =>
        position < positional.Count ? positional[position]
        : named.TryGetValue(name, out var value) ? value
        : throw source.Error(line, $"the argument '{name}' is missing");

    /// <summary>A string.</summary>
    public string Text(int position, string name) => Get(position, name) is string text
        ? text
        : throw Wrong(name, Get(position, name), "a string");

    /// <summary>A whole number.</summary>
    public long Integer(int position, string name) => JinjaValues.Integer(Get(position, name))
        ?? throw Wrong(name, Get(position, name), "a whole number");

    /// <summary>Refuses arguments beyond the known ones, which would otherwise be passed over.</summary>
    public void RefuseOthers(int mostPositional, params string[] names)
    {
        if (positional.Count > mostPositional)
        {
            throw source.Error(line, $"there are {positional.Count} arguments, and at most {mostPositional} are supported");
        }

        if (named.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => !names.Contains(name)) is { } other)
        {
            throw source.Unsupported(
                line, $"the argument '{other}'", names.Length == 0 ? "none" : string.Join(", ", names));
        }
    }

    private InputException Wrong(string name, object? value, string wanted) =>
        source.Error(line, $"the argument '{name}' is {JinjaValues.Kind(value)}, and {wanted} is needed");
}
