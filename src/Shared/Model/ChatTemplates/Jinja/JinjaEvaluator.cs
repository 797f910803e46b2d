using MoR.Cluster.Errors;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>Works out expressions.</summary>
internal sealed class JinjaEvaluator(JinjaSource source, JinjaWork work)
{
    private const int LongestRange = 10_000;

    /// <summary>The value of an expression.</summary>
    /// <exception cref="InputException">It has none, or comes upon something unsupported.</exception>
    public object? Evaluate(JinjaExpression expression, JinjaScope scope)
    {
        work.Enter(expression.Line);
        var value = Value(expression, scope);
        if (value is string text)
        {
            work.Spend(expression.Line, text.Length);
        }

        work.Leave();
        return value;
    }

    /// <summary>The text of a value.</summary>
    public string Text(int line, object? value) => JinjaValues.Text(value)
        ?? throw source.Error(line, $"{JinjaValues.Kind(value)} cannot be written as text");

    /// <summary>The items of a value.</summary>
    public List<object?> Items(int line, object? value) => JinjaValues.Items(value)
        ?? throw source.Error(line, $"{JinjaValues.Kind(value)} has no items to go over");

    private object? Value(JinjaExpression expression, JinjaScope scope) => expression switch
    {
        JinjaExpression.Literal literal => literal.Value,
        JinjaExpression.Variable variable => scope.Get(variable.Name),
        JinjaExpression.ListOf list => list.Items.Select(item => Evaluate(item, scope)).ToList(),
        JinjaExpression.MapOf map => Map(map, scope),
        JinjaExpression.Member member => Member(member.Line, Evaluate(member.Target, scope), member.Name),
        JinjaExpression.Element element =>
            Element(element.Line, Evaluate(element.Target, scope), Evaluate(element.Key, scope)),
        JinjaExpression.Slice slice => Slice(slice, scope),
        JinjaExpression.Call call => Call(call, scope),
        JinjaExpression.Filter filter => JinjaFilters.Apply(
            source, filter.Line, filter.Name, Evaluate(filter.Target, scope), Arguments(filter.Line, filter.Arguments, scope)),
        JinjaExpression.Test test => test.IsNegated != JinjaTests.Holds(
            source, test.Line, test.Name, Evaluate(test.Target, scope), Arguments(test.Line, test.Arguments, scope)),
        JinjaExpression.Unary unary => Unary(unary, Evaluate(unary.Target, scope)),
        JinjaExpression.Binary { Operator: "and" } both =>
            Evaluate(both.Left, scope) is var left && JinjaValues.IsTrue(left) ? Evaluate(both.Right, scope) : left,
        JinjaExpression.Binary { Operator: "or" } either =>
            Evaluate(either.Left, scope) is var left && JinjaValues.IsTrue(left) ? left : Evaluate(either.Right, scope),
        JinjaExpression.Binary binary => JinjaArithmetic.Apply(
            source, binary.Line, binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope)),
        JinjaExpression.Comparison comparison => Compare(comparison, scope),
        JinjaExpression.Conditional choice => JinjaValues.IsTrue(Evaluate(choice.Condition, scope))
            ? Evaluate(choice.Then, scope)
            : choice.Otherwise is null ? new JinjaUndefined("a condition without else") : Evaluate(choice.Otherwise, scope),
        _ => throw new ArgumentException($"Unknown expression {expression}.", nameof(expression)),
    };

    private Dictionary<string, object?> Map(JinjaExpression.MapOf map, JinjaScope scope)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (keyExpression, valueExpression) in map.Entries)
        {
            var key = Evaluate(keyExpression, scope) as string
                ?? throw source.Unsupported(keyExpression.Line, "a mapping's key that is no string", "strings");
            result[key] = Evaluate(valueExpression, scope);
        }

        return result;
    }

    private object? Member(int line, object? target, string name) => target switch
    {
        IReadOnlyDictionary<string, object?> map => map.TryGetValue(name, out var value) ? value : new JinjaUndefined(name),
        JinjaNamespace space => space.Members.TryGetValue(name, out var value) ? value : new JinjaUndefined(name),
        JinjaUndefined => throw source.Error(line, $"{JinjaValues.Kind(target)}, is asked for its member '{name}'"),
        _ => new JinjaUndefined(name),
    };

    private object? Element(int line, object? target, object? key)
    {
        switch (target, key)
        {
            case (JinjaUndefined, _):
                throw source.Error(line, $"{JinjaValues.Kind(target)}, is asked for an element");
            case (IReadOnlyDictionary<string, object?> or JinjaNamespace, string name):
                return Member(line, target, name);
            case (List<object?> or string, _) when JinjaValues.Integer(key) is { } index:
                var items = Items(line, target);
                var at = index < 0 ? index + items.Count : index;
                return at >= 0 && at < items.Count ? items[(int)at] : new JinjaUndefined($"element {index}");
            default:
                return new JinjaUndefined("an element");
        }
    }

    /// <summary>A part of a list or a string with Python's rules for bounds and steps.</summary>
    private object Slice(JinjaExpression.Slice slice, JinjaScope scope)
    {
        var target = Evaluate(slice.Target, scope);
        if (target is not (List<object?> or string))
        {
            throw source.Error(slice.Line, $"{JinjaValues.Kind(target)} has no slices");
        }

        var items = Items(slice.Line, target);
        var step = Bound(slice.Step, scope) ?? 1;
        if (step == 0)
        {
            throw source.Error(slice.Line, "the step of a slice is 0");
        }

        long least = step > 0 ? 0 : -1, most = step > 0 ? items.Count : items.Count - 1;
        var start = Within(Bound(slice.Start, scope), step > 0 ? least : most);
        var end = Within(Bound(slice.End, scope), step > 0 ? most : least);
        var result = new List<object?>();
        for (var i = start; step > 0 ? i < end : i > end; i += step)
        {
            result.Add(items[(int)i]);
        }

        return target is string ? string.Concat(result) : result;

        long Within(long? bound, long otherwise) => bound is not { } value
            ? otherwise
            : Math.Clamp(value < 0 ? value + items.Count : value, least, most);
    }

    private long? Bound(JinjaExpression? expression, JinjaScope scope)
    {
        var value = expression is null ? null : Evaluate(expression, scope);
        return value is null ? null : JinjaValues.Integer(value) is { } number and > int.MinValue and < int.MaxValue
            ? number
            : throw source.Error(expression!.Line, $"a bound of a slice is {JinjaValues.Kind(value)}, and a whole number is needed");
    }

    private object? Call(JinjaExpression.Call call, JinjaScope scope)
    {
        if (call.Target is JinjaExpression.Member member)
        {
            var target = Evaluate(member.Target, scope);
            return JinjaMethods.Call(source, call.Line, target, member.Name, Arguments(call.Line, call.Arguments, scope));
        }

        var callee = Evaluate(call.Target, scope);
        if (callee is not JinjaFunction function)
        {
            throw callee is JinjaUndefined undefined
                ? source.Unsupported(call.Line, $"the function '{undefined.What}'", string.Join(", ", JinjaFunction.Names))
                : source.Error(call.Line, $"{JinjaValues.Kind(callee)} cannot be called");
        }

        var arguments = Arguments(call.Line, call.Arguments, scope);
        return function.Name switch
        {
            "raise_exception" => throw new InputException(
                source.Name,
                $"the chat template refuses the conversation: {arguments.Text(0, "message").TrimEnd('.')}",
                "Give the messages that this backbone is made for; a system text can be left out."),
            "namespace" => Namespace(arguments),
            _ => Range(call.Line, arguments),
        };
    }

    private static JinjaNamespace Namespace(JinjaCallValues arguments)
    {
        var space = new JinjaNamespace();
        foreach (var (name, value) in arguments.Named)
        {
            space.Members[name] = value;
        }

        arguments.RefuseOthers(0, [.. arguments.Named.Keys]);
        return space;
    }

    private List<object?> Range(int line, JinjaCallValues arguments)
    {
        var (start, end) = arguments.Count > 1
            ? (arguments.Integer(0, "start"), arguments.Integer(1, "stop"))
            : (0, arguments.Integer(0, "stop"));
        arguments.RefuseOthers(2);
        if (end - start > LongestRange)
        {
            throw source.Error(line, $"a range of {end - start} numbers is longer than {LongestRange}");
        }

        work.Spend(line, Math.Max(0, end - start));
        var numbers = new List<object?>();
        for (var number = start; number < end; number++)
        {
            numbers.Add(number);
        }

        return numbers;
    }

    private JinjaCallValues Arguments(int line, JinjaArguments arguments, JinjaScope scope) => new(
        source,
        line,
        [.. arguments.Positional.Select(argument => Evaluate(argument, scope))],
        arguments.Named.Select(argument => (argument.Name, Evaluate(argument.Value, scope)))
            .DistinctBy(argument => argument.Name, StringComparer.Ordinal)
            .ToDictionary(argument => argument.Name, argument => argument.Item2, StringComparer.Ordinal));

    private object Unary(JinjaExpression.Unary unary, object? value) => unary.Operator switch
    {
        "not" => !JinjaValues.IsTrue(value),
        "-" when JinjaValues.Integer(value) is { } number => unchecked(-number),
        "-" when value is double number => -number,
        "+" when JinjaValues.Integer(value) is { } number => number,
        "+" when value is double number => number,
        _ => throw source.Error(unary.Line, $"the sign '{unary.Operator}' stands before {JinjaValues.Kind(value)}"),
    };

    private bool Compare(JinjaExpression.Comparison comparison, JinjaScope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (comparisonOperator, expression) in comparison.Rest)
        {
            var right = Evaluate(expression, scope);
            if (!JinjaArithmetic.Holds(source, expression.Line, comparisonOperator, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}
