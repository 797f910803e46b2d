using System.Globalization;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>
/// What values do, as in Python. A value is null (<c>none</c>), a bool, a long, a double, a string, a list, a
/// dictionary by string, a <see cref="JinjaNamespace"/>, a <see cref="JinjaFunction"/> or a <see cref="JinjaUndefined"/>.
/// </summary>
internal static class JinjaValues
{
    /// <summary>The kind of a value, for messages.</summary>
    public static string Kind(object? value) => value switch
    {
        null => "none",
        bool => "a truth value",
        long or double => "a number",
        string => "a string",
        List<object?> => "a list",
        IReadOnlyDictionary<string, object?> => "a mapping",
        JinjaNamespace => "a namespace",
        JinjaFunction function => $"the function {function.Name}",
        JinjaUndefined undefined => $"'{undefined.What}', which is not defined",
        _ => throw new ArgumentException($"{value.GetType()} is no value of a template.", nameof(value)),
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        IReadOnlyDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    /// <summary>The text that a value is written as; null for values without one.</summary>
    public static string? Text(object? value) => value switch
    {
        null => "None",
        string text => text,
        bool truth => truth ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number == Math.Floor(number) && Math.Abs(number) < 1e16
            ? number.ToString("F1", CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture),
        JinjaUndefined => "",
        _ => null,
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (string a, string b) => a == b,
        (JinjaUndefined, JinjaUndefined) => true,
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (IReadOnlyDictionary<string, object?> a, IReadOnlyDictionary<string, object?> b) => a.Count == b.Count
            && a.All(entry => b.TryGetValue(entry.Key, out var other) && AreEqual(entry.Value, other)),
        _ when Number(left) is { } a && Number(right) is { } b => a == b,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Negative, zero or positive as the left value is less, equal or greater; null if they have no order.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when Number(left) is { } a && Number(right) is { } b => a.CompareTo(b),
        _ => null,
    };

    /// <summary>Whether a string has a part, a list an item or a mapping a key; null where nothing can be within.</summary>
    public static bool? Contains(object? container, object? value) => container switch
    {
        string text => value is string part ? text.Contains(part, StringComparison.Ordinal) : null,
        List<object?> list => list.Exists(item => AreEqual(item, value)),
        IReadOnlyDictionary<string, object?> map => value is string key && map.ContainsKey(key),
        JinjaUndefined => false,
        _ => null,
    };

    /// <summary>What a loop goes over; null for a value without items.</summary>
    public static List<object?>? Items(object? value) => value switch
    {
        List<object?> list => list,
        string text => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())],
        IReadOnlyDictionary<string, object?> map => [.. map.Keys],
        JinjaUndefined => [],
        _ => null,
    };

    /// <summary>The number that a value is (a truth value is 0 or 1), or null.</summary>
    public static double? Number(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long number => number,
        double number => number,
        _ => null,
    };

    /// <summary>A whole number, or null.</summary>
    public static long? Integer(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long number => number,
        _ => null,
    };
}
