using System.Collections.Immutable;
using System.Globalization;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>
/// Reads expressions with Jinja's precedence, from loose to tight: <c>if else</c>, <c>or</c>, <c>and</c>, <c>not</c>,
/// comparisons, <c>+ -</c>, <c>~</c>, <c>* / // %</c>, sign, then members, calls, filters and tests.
/// </summary>
internal sealed class JinjaExpressionParser(JinjaReader reader)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>An expression.</summary>
    public JinjaExpression Read() => reader.Nested(() =>
    {
        var value = Or();
        while (reader.IsWord("if"))
        {
            var line = reader.Take().Line;
            var condition = Or();
            value = new JinjaExpression.Conditional(line, condition, value, reader.SkipWord("else") ? Read() : null);
        }

        return value;
    });

    /// <summary>An expression after which <c>if</c> belongs to something else.</summary>
    public JinjaExpression ReadWithoutCondition() => Or();

    private JinjaExpression Or() => Words(And, "or");

    private JinjaExpression And() => Words(Not, "and");

    private JinjaExpression Words(Func<JinjaExpression> inner, string word)
    {
        var left = inner();
        while (reader.IsWord(word))
        {
            var line = reader.Take().Line;
            left = new JinjaExpression.Binary(line, word, left, inner());
        }

        return left;
    }

    private JinjaExpression Not()
    {
        if (!reader.IsWord("not"))
        {
            return Comparison();
        }

        var line = reader.Take().Line;
        return new JinjaExpression.Unary(line, "not", reader.Nested(Not));
    }

    private JinjaExpression Comparison()
    {
        var first = Sum();
        var rest = ImmutableArray.CreateBuilder<(string, JinjaExpression)>();
        while (ComparisonOperator() is { } comparison)
        {
            rest.Add((comparison, Sum()));
        }

        return rest.Count == 0 ? first : new JinjaExpression.Comparison(first.Line, first, rest.ToImmutable());
    }

    private string? ComparisonOperator()
    {
        if (reader.Current.Kind == JinjaTokenKind.Operator && Comparisons.Contains(reader.Current.Text))
        {
            return reader.Take().Text;
        }

        if (reader.SkipWord("in"))
        {
            return "in";
        }

        if (reader.IsWord("not") && reader.Following.Is(JinjaTokenKind.Name, "in"))
        {
            reader.Take();
            reader.Take();
            return "not in";
        }

        return null;
    }

    private JinjaExpression Sum() => Operators(Concatenation, "+", "-");

    private JinjaExpression Concatenation() => Operators(Product, "~");

    private JinjaExpression Product() => Operators(Signed, "*", "/", "//", "%");

    private JinjaExpression Operators(Func<JinjaExpression> inner, params string[] operators)
    {
        var left = inner();
        while (reader.Current.Kind == JinjaTokenKind.Operator && operators.Contains(reader.Current.Text))
        {
            var token = reader.Take();
            left = new JinjaExpression.Binary(token.Line, token.Text, left, inner());
        }

        return left;
    }

    private JinjaExpression Signed()
    {
        if (reader.IsOperator("-") || reader.IsOperator("+"))
        {
            var sign = reader.Take();
            return new JinjaExpression.Unary(sign.Line, sign.Text, reader.Nested(Signed));
        }

        var value = Postfix(Primary());
        while (true)
        {
            if (reader.IsOperator("|"))
            {
                reader.Take();
                var name = reader.Expect(JinjaTokenKind.Name, "the name of a filter");
                value = new JinjaExpression.Filter(name.Line, value, name.Text, OptionalArguments());
            }
            else if (reader.IsWord("is"))
            {
                value = Test(value);
            }
            else if (reader.IsOperator("**"))
            {
                throw reader.Source.Unsupported(reader.Current.Line, "the operator '**'", "+ - * / // %");
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression.Test Test(JinjaExpression value)
    {
        reader.Take();
        var isNegated = reader.SkipWord("not");
        var name = reader.Expect(JinjaTokenKind.Name, "the name of a test");
        var arguments = OptionalArguments();
        var next = reader.Current;
        var isArgument = next.Kind is JinjaTokenKind.String or JinjaTokenKind.Number
            || reader.IsOperator("[") || reader.IsOperator("{")
            || (next.Kind == JinjaTokenKind.Name && next.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not"));
        if (arguments == JinjaArguments.None && isArgument)
        {
            arguments = new JinjaArguments([Postfix(Primary())], []);
        }

        return new JinjaExpression.Test(name.Line, value, name.Text, arguments, isNegated);
    }

    private JinjaExpression Postfix(JinjaExpression value)
    {
        while (true)
        {
            var line = reader.Current.Line;
            if (reader.SkipOperator("."))
            {
                value = new JinjaExpression.Member(line, value, reader.Expect(JinjaTokenKind.Name, "the name of a member").Text);
            }
            else if (reader.SkipOperator("["))
            {
                value = reader.Nested(() => Subscript(line, value));
            }
            else if (reader.IsOperator("("))
            {
                value = new JinjaExpression.Call(line, value, Arguments());
            }
            else
            {
                return value;
            }
        }
    }

    private JinjaExpression Subscript(int line, JinjaExpression target)
    {
        var start = reader.IsOperator(":") ? null : Read();
        if (start is not null && reader.SkipOperator("]"))
        {
            return new JinjaExpression.Element(line, target, start);
        }

        reader.ExpectOperator(":");
        var end = reader.IsOperator(":") || reader.IsOperator("]") ? null : Read();
        var step = reader.SkipOperator(":") && !reader.IsOperator("]") ? Read() : null;
        reader.ExpectOperator("]");
        return new JinjaExpression.Slice(line, target, start, end, step);
    }

    private JinjaArguments OptionalArguments() => reader.IsOperator("(") ? Arguments() : JinjaArguments.None;

    private JinjaArguments Arguments() => reader.Nested(() =>
    {
        reader.ExpectOperator("(");
        var positional = ImmutableArray.CreateBuilder<JinjaExpression>();
        var named = ImmutableArray.CreateBuilder<(string, JinjaExpression)>();
        while (!reader.SkipOperator(")"))
        {
            if (reader.Current.Kind == JinjaTokenKind.Name && reader.Following.Is(JinjaTokenKind.Operator, "="))
            {
                var name = reader.Take().Text;
                reader.Take();
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(Read());
            }

            if (!reader.IsOperator(")"))
            {
                reader.ExpectOperator(",");
            }
        }

        return new JinjaArguments(positional.ToImmutable(), named.ToImmutable());
    });

    private JinjaExpression Primary()
    {
        var token = reader.Take();
        switch (token.Kind)
        {
            case JinjaTokenKind.String:
                var text = token.Text;
                while (reader.Current.Kind == JinjaTokenKind.String)
                {
                    text += reader.Take().Text;
                }

                return new JinjaExpression.Literal(token.Line, text);
            case JinjaTokenKind.Number:
                return new JinjaExpression.Literal(token.Line, Number(token));
            case JinjaTokenKind.Name:
                return Word(token);
            case JinjaTokenKind.Operator when token.Text == "(":
                return Parenthesis(token.Line);
            case JinjaTokenKind.Operator when token.Text == "[":
                return new JinjaExpression.ListOf(token.Line, Items("]"));
            case JinjaTokenKind.Operator when token.Text == "{":
                return Map(token.Line);
            default:
                throw reader.Source.Error(token.Line, $"{token.Describe()} stands where a value is needed");
        }
    }

    private static JinjaExpression Word(JinjaToken token) => token.Text switch
    {
        "true" or "True" => new JinjaExpression.Literal(token.Line, true),
        "false" or "False" => new JinjaExpression.Literal(token.Line, false),
        "none" or "None" => new JinjaExpression.Literal(token.Line, null),
        _ => new JinjaExpression.Variable(token.Line, token.Text),
    };

    private object Number(JinjaToken token)
    {
        if (token.Text.Contains('.', StringComparison.Ordinal))
        {
            return double.Parse(token.Text, CultureInfo.InvariantCulture);
        }

        return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw reader.Source.Error(token.Line, $"the number {token.Text} is too large");
    }

    /// <summary>A value in parentheses, or a tuple, which is read as a list.</summary>
    private JinjaExpression Parenthesis(int line) => reader.Nested<JinjaExpression>(() =>
    {
        if (reader.SkipOperator(")"))
        {
            return new JinjaExpression.ListOf(line, []);
        }

        var first = Read();
        if (reader.SkipOperator(")"))
        {
            return first;
        }

        reader.ExpectOperator(",");
        return new JinjaExpression.ListOf(line, [first, .. Items(")")]);
    });

    private ImmutableArray<JinjaExpression> Items(string close) => reader.Nested(() =>
    {
        var items = ImmutableArray.CreateBuilder<JinjaExpression>();
        while (!reader.SkipOperator(close))
        {
            items.Add(Read());
            if (!reader.IsOperator(close))
            {
                reader.ExpectOperator(",");
            }
        }

        return items.ToImmutable();
    });

    private JinjaExpression.MapOf Map(int line) => reader.Nested(() =>
    {
        var entries = ImmutableArray.CreateBuilder<(JinjaExpression, JinjaExpression)>();
        while (!reader.SkipOperator("}"))
        {
            var key = Read();
            reader.ExpectOperator(":");
            entries.Add((key, Read()));
            if (!reader.IsOperator("}"))
            {
                reader.ExpectOperator(",");
            }
        }

        return new JinjaExpression.MapOf(line, entries.ToImmutable());
    });
}
