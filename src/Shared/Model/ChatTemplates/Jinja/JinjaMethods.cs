namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>The methods of strings and mappings, which are Python's.</summary>
internal static class JinjaMethods
{
    private const string OfText = "strip, lstrip, rstrip, startswith, endswith, split, replace, upper, lower";
    private const string OfMap = "items, keys, values, get";

    /// <summary>What a method gives.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">The value has no such method.</exception>
    public static object? Call(JinjaSource source, int line, object? target, string name, JinjaCallValues arguments) =>
        target switch
        {
            string text => OnText(source, line, text, name, arguments),
            IReadOnlyDictionary<string, object?> map => OnMap(source, line, map, name, arguments),
            JinjaUndefined => throw source.Error(line, $"{JinjaValues.Kind(target)}, is asked for its method '{name}'"),
            _ => throw source.Unsupported(
                line, $"the method '{name}' of {JinjaValues.Kind(target)}", $"of a string: {OfText}; of a mapping: {OfMap}"),
        };

    private static object OnText(JinjaSource source, int line, string text, string name, JinjaCallValues arguments)
    {
        switch (name)
        {
            case "strip" or "lstrip" or "rstrip":
                arguments.RefuseOthers(1);
                char[] characters = arguments.Count > 0 && arguments.Get(0, "chars") is not null
                    ? [.. arguments.Text(0, "chars")]
                    : [];
                return name switch
                {
                    "lstrip" => text.TrimStart(characters),
                    "rstrip" => text.TrimEnd(characters),
                    _ => text.Trim(characters),
                };
            case "startswith":
                arguments.RefuseOthers(1);
                return text.StartsWith(arguments.Text(0, "prefix"), StringComparison.Ordinal);
            case "endswith":
                arguments.RefuseOthers(1);
                return text.EndsWith(arguments.Text(0, "suffix"), StringComparison.Ordinal);
            case "split":
                return Split(source, line, text, arguments);
            case "replace":
                arguments.RefuseOthers(2);
                return arguments.Text(0, "old") is { Length: > 0 } old
                    ? text.Replace(old, arguments.Text(1, "new"), StringComparison.Ordinal)
                    : throw source.Error(line, "replace is given an empty string to replace");
            case "upper":
                arguments.RefuseOthers(0);
                return text.ToUpperInvariant();
            case "lower":
                arguments.RefuseOthers(0);
                return text.ToLowerInvariant();
            default:
                throw source.Unsupported(line, $"the method '{name}' of a string", OfText);
        }
    }

    /// <summary>Without a separator, the words between white space.</summary>
    private static List<object?> Split(JinjaSource source, int line, string text, JinjaCallValues arguments)
    {
        arguments.RefuseOthers(2);
        if (arguments.Count == 0)
        {
            return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        }

        var separator = arguments.Text(0, "sep");
        var most = arguments.Count > 1 ? arguments.Integer(1, "maxsplit") : -1;
        return separator.Length == 0
            ? throw source.Error(line, "split is given an empty separator")
            : [.. text.Split(separator, most is < 0 or >= int.MaxValue ? int.MaxValue : (int)most + 1)];
    }

    private static object? OnMap(
        JinjaSource source, int line, IReadOnlyDictionary<string, object?> map, string name, JinjaCallValues arguments)
    {
        switch (name)
        {
            case "items":
                arguments.RefuseOthers(0);
                return map.Select(entry => (object?)new List<object?> { entry.Key, entry.Value }).ToList();
            case "keys":
                arguments.RefuseOthers(0);
                return map.Keys.Select(key => (object?)key).ToList();
            case "values":
                arguments.RefuseOthers(0);
                return map.Values.ToList();
            case "get":
                arguments.RefuseOthers(2);
                return map.TryGetValue(arguments.Text(0, "key"), out var value) ? value
                    : arguments.Count > 1 ? arguments.Get(1, "default")
                    : null;
            default:
                throw source.Unsupported(line, $"the method '{name}' of a mapping", OfMap);
        }
    }
}
