using System.Collections.Immutable;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>Reads the statements of a template. What Jinja has beyond them is refused by name.</summary>
internal sealed class JinjaParser
{
    private const string Supported = "if, for, set, generation";

    private readonly JinjaReader _reader;
    private readonly JinjaExpressionParser _expressions;

    private JinjaParser(JinjaSource source)
    {
        _reader = new JinjaReader(source);
        _expressions = new JinjaExpressionParser(_reader);
    }

    public static ImmutableArray<JinjaStatement> Parse(JinjaSource source)
    {
        var parser = new JinjaParser(source);
        return parser.Body("the template", parser._reader.Current.Line);
    }

    /// <summary>
    /// Statements up to one of the words in <paramref name="ends"/>, which stays; without words, up to the end of the
    /// template.
    /// </summary>
    private ImmutableArray<JinjaStatement> Body(string block, int line, params ReadOnlySpan<string> ends)
    {
        var body = ImmutableArray.CreateBuilder<JinjaStatement>();
        while (true)
        {
            var token = _reader.Current;
            switch (token.Kind)
            {
                case JinjaTokenKind.End when ends.IsEmpty:
                    return body.ToImmutable();
                case JinjaTokenKind.End:
                    throw _reader.Source.Error(line, $"{block} has no {{% {ends[^1]} %}}");
                case JinjaTokenKind.Text:
                    body.Add(new JinjaStatement.Text(token.Line, _reader.Take().Text));
                    break;
                case JinjaTokenKind.OutputBegin:
                    _reader.Take();
                    body.Add(new JinjaStatement.Output(token.Line, _expressions.Read()));
                    _reader.Expect(JinjaTokenKind.OutputEnd, "'}}'");
                    break;
                default:
                    if (_reader.Following.Kind == JinjaTokenKind.Name && ends.Contains(_reader.Following.Text))
                    {
                        return body.ToImmutable();
                    }

                    body.AddRange(_reader.Nested(Statement));
                    break;
            }
        }
    }

    private ImmutableArray<JinjaStatement> Statement()
    {
        _reader.Expect(JinjaTokenKind.StatementBegin, "'{%'");
        var word = _reader.Expect(JinjaTokenKind.Name, "a statement");
        switch (word.Text)
        {
            case "if":
                return [If(word.Line)];
            case "for":
                return [For(word.Line)];
            case "set":
                return [Set(word.Line)];
            case "generation":
                // Hugging Face's mark around what an assistant says; it writes nothing itself.
                EndTag();
                var body = Body("generation", word.Line, "endgeneration");
                SkipTag("endgeneration");
                return body;
            case "elif" or "else" or "endif" or "endfor" or "endset" or "endgeneration":
                throw _reader.Source.Error(word.Line, $"{{% {word.Text} %}} closes nothing");
            default:
                throw _reader.Source.Unsupported(word.Line, $"the statement '{word.Text}'", Supported);
        }
    }

    private JinjaStatement.If If(int line)
    {
        var branches = ImmutableArray.CreateBuilder<(JinjaExpression?, ImmutableArray<JinjaStatement>)>();
        JinjaExpression? condition = _expressions.Read();
        while (true)
        {
            EndTag();
            var isLast = condition is null;
            var body = isLast ? Body("if", line, "endif") : Body("if", line, "elif", "else", "endif");
            branches.Add((condition, body));
            _reader.Expect(JinjaTokenKind.StatementBegin, "'{%'");
            var word = _reader.Take().Text;
            if (word == "endif")
            {
                EndTag();
                return new JinjaStatement.If(line, branches.ToImmutable());
            }

            condition = word == "elif" ? _expressions.Read() : null;
        }
    }

    private JinjaStatement.For For(int line)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        do
        {
            names.Add(_reader.Expect(JinjaTokenKind.Name, "the name of a variable").Text);
        }
        while (_reader.SkipOperator(","));

        if (!_reader.SkipWord("in"))
        {
            throw _reader.Source.Error(_reader.Current.Line, $"{_reader.Current.Describe()} stands where 'in' is needed");
        }

        var items = _expressions.ReadWithoutCondition();
        var condition = _reader.SkipWord("if") ? _expressions.Read() : null;
        if (_reader.IsWord("recursive"))
        {
            throw _reader.Source.Unsupported(line, "a recursive for", "for without it");
        }

        EndTag();
        var body = Body("for", line, "else", "endfor");
        ImmutableArray<JinjaStatement> otherwise = [];
        if (_reader.Following.Text == "else")
        {
            SkipTag("else");
            otherwise = Body("for", line, "endfor");
        }

        SkipTag("endfor");
        return new JinjaStatement.For(line, names.ToImmutable(), items, condition, body, otherwise);
    }

    private JinjaStatement.Set Set(int line)
    {
        var name = _reader.Expect(JinjaTokenKind.Name, "the name of a variable").Text;
        var member = _reader.SkipOperator(".")
            ? _reader.Expect(JinjaTokenKind.Name, "the name of a member").Text
            : null;
        if (!_reader.IsOperator("="))
        {
            throw _reader.Source.Unsupported(line, "a set without '='", "{% set name = value %}");
        }

        _reader.Take();
        var value = _expressions.Read();
        EndTag();
        return new JinjaStatement.Set(line, name, member, value);
    }

    private void EndTag() => _reader.Expect(JinjaTokenKind.StatementEnd, "'%}'");

    private void SkipTag(string word)
    {
        _reader.Expect(JinjaTokenKind.StatementBegin, "'{%'");
        _reader.Expect(JinjaTokenKind.Name, $"'{word}'");
        EndTag();
    }
}
