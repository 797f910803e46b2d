namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>The tests: <c>value is name(arguments)</c>.</summary>
internal static class JinjaTests
{
    private const string Supported =
        "boolean, defined, divisibleby, eq, equalto, even, false, in, integer, iterable, mapping, ne, none, number, odd, sequence, string, "
        + "true, undefined";

    /// <summary>Whether the value passes.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">There is no such test.</exception>
    public static bool Holds(JinjaSource source, int line, string name, object? value, JinjaCallValues arguments) =>
        name switch
        {
            "defined" => value is not JinjaUndefined,
            "undefined" => value is JinjaUndefined,
            "none" => value is null,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "integer" => value is long,
            "number" => value is long or double or bool,
            "string" => value is string,
            "mapping" => value is IReadOnlyDictionary<string, object?>,
            "sequence" => value is string or List<object?> or IReadOnlyDictionary<string, object?> or JinjaUndefined,
            "iterable" => JinjaValues.Items(value) is not null,
            "odd" => Remainder(source, line, name, value, 2) != 0,
            "even" => Remainder(source, line, name, value, 2) == 0,
            "divisibleby" => Remainder(source, line, name, value, arguments.Integer(0, "num")) == 0,
            "eq" or "equalto" or "==" => JinjaValues.AreEqual(value, arguments.Get(0, "other")),
            "ne" or "!=" => !JinjaValues.AreEqual(value, arguments.Get(0, "other")),
            "in" => JinjaArithmetic.Holds(source, line, "in", value, arguments.Get(0, "seq")),
            _ => throw source.Unsupported(line, $"the test '{name}'", Supported),
        };

    private static long Remainder(JinjaSource source, int line, string test, object? value, long divisor) =>
        divisor == 0 ? throw source.Error(line, $"the test '{test}' divides by 0")
        : JinjaValues.Integer(value) is { } number ? number % divisor
        : throw source.Error(line, $"the test '{test}' does not go with {JinjaValues.Kind(value)}");
}
