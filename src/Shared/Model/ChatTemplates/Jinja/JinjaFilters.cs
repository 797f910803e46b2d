namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>The filters: <c>value | name(arguments)</c>.</summary>
internal static class JinjaFilters
{
    private const string Supported =
        "count, default, first, int, items, join, last, length, list, lower, rejectattr, replace, selectattr, string, trim, upper";

    /// <summary>The filtered value.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">There is no such filter, or it does not go with the
    /// value.</exception>
    public static object? Apply(JinjaSource source, int line, string name, object? value, JinjaCallValues arguments)
    {
        switch (name)
        {
            case "trim":
                arguments.RefuseOthers(1, "chars");
                return arguments.Has(0, "chars")
                    ? Text(source, line, name, value).Trim([.. arguments.Text(0, "chars")])
                    : Text(source, line, name, value).Trim();
            case "upper":
                arguments.RefuseOthers(0);
                return Text(source, line, name, value).ToUpperInvariant();
            case "lower":
                arguments.RefuseOthers(0);
                return Text(source, line, name, value).ToLowerInvariant();
            case "string":
                arguments.RefuseOthers(0);
                return Text(source, line, name, value);
            case "replace":
                arguments.RefuseOthers(2, "old", "new");
                return Replace(source, line, Text(source, line, name, value), arguments);
            case "length" or "count":
                arguments.RefuseOthers(0);
                return (long)Items(source, line, name, value).Count;
            case "default" or "d":
                arguments.RefuseOthers(2, "default_value", "boolean");
                var isReplaced = value is JinjaUndefined
                    || (arguments.Has(1, "boolean") && JinjaValues.IsTrue(arguments.Get(1, "boolean")) && !JinjaValues.IsTrue(value));
                return isReplaced ? (arguments.Has(0, "default_value") ? arguments.Get(0, "default_value") : "") : value;
            case "join":
                arguments.RefuseOthers(1, "d");
                return string.Join(
                    arguments.Has(0, "d") ? arguments.Text(0, "d") : "",
                    Items(source, line, name, value).Select(item => Text(source, line, name, item)));
            case "list":
                arguments.RefuseOthers(0);
                return Items(source, line, name, value).ToList();
            case "first":
                arguments.RefuseOthers(0);
                return Items(source, line, name, value) is [var first, ..] ? first : new JinjaUndefined("the first of nothing");
            case "last":
                arguments.RefuseOthers(0);
                return Items(source, line, name, value) is [.., var last] ? last : new JinjaUndefined("the last of nothing");
            case "items":
                arguments.RefuseOthers(0);
                return value is JinjaUndefined
                    ? new List<object?>()
                    : JinjaMethods.Call(source, line, value, "items", arguments);
            case "int":
                arguments.RefuseOthers(0);
                return Integer(value);
            case "selectattr" or "rejectattr":
                return Select(source, line, name, value, arguments);
            default:
                throw source.Unsupported(line, $"the filter '{name}'", Supported);
        }
    }

    private static string Replace(JinjaSource source, int line, string text, JinjaCallValues arguments)
    {
        var old = arguments.Text(0, "old");
        return old.Length > 0
            ? text.Replace(old, arguments.Text(1, "new"), StringComparison.Ordinal)
            : throw source.Error(line, "replace is given an empty string to replace");
    }

    private static long Integer(object? value) =>
        JinjaValues.Number(value) is { } number ? (long)number
        : value is string text && long.TryParse(text.Trim(), out var parsed) ? parsed
        : 0;

    /// <summary>The items whose attribute fulfils a test, or those whose does not.</summary>
    private static List<object?> Select(
        JinjaSource source, int line, string name, object? value, JinjaCallValues arguments)
    {
        arguments.RefuseOthers(3);
        var attribute = arguments.Text(0, "attribute");
        var test = arguments.Count > 1 ? arguments.Text(1, "test") : null;
        var rest = new JinjaCallValues(source, line, [.. arguments.Positional.Skip(2)], new Dictionary<string, object?>());
        return
        [
            .. Items(source, line, name, value).Where(item =>
            {
                var found = item is IReadOnlyDictionary<string, object?> map && map.TryGetValue(attribute, out var member)
                    ? member
                    : new JinjaUndefined(attribute);
                var holds = test is null ? JinjaValues.IsTrue(found) : JinjaTests.Holds(source, line, test, found, rest);
                return holds == (name == "selectattr");
            }),
        ];
    }

    private static string Text(JinjaSource source, int line, string filter, object? value) => JinjaValues.Text(value)
        ?? throw source.Error(line, $"the filter '{filter}' does not go with {JinjaValues.Kind(value)}");

    private static List<object?> Items(JinjaSource source, int line, string filter, object? value) =>
        JinjaValues.Items(value)
        ?? throw source.Error(line, $"the filter '{filter}' does not go with {JinjaValues.Kind(value)}");
}
