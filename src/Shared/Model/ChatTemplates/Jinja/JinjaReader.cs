namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>Walks over the tokens of a template.</summary>
internal sealed class JinjaReader(JinjaSource source)
{
    /// <summary>Blocks and expressions within each other: far above any template, and far below the end of the stack.</summary>
    private const int Deepest = 100;

    private readonly List<JinjaToken> _tokens = JinjaLexer.Read(source);
    private int _next;
    private int _depth;

    public JinjaSource Source => source;

    public JinjaToken Current => _tokens[_next];

    /// <summary>The token after the current one; the last one at the end.</summary>
    public JinjaToken Following => _tokens[Math.Min(_next + 1, _tokens.Count - 1)];

    public JinjaToken Take() => _tokens[Current.Kind == JinjaTokenKind.End ? _next : _next++];

    public bool IsOperator(string text) => Current.Is(JinjaTokenKind.Operator, text);

    public bool IsWord(string text) => Current.Is(JinjaTokenKind.Name, text);

    public bool SkipOperator(string text) => Skip(IsOperator(text));

    public bool SkipWord(string text) => Skip(IsWord(text));

    public JinjaToken Expect(JinjaTokenKind kind, string wanted) => Current.Kind == kind
        ? Take()
        : throw source.Error(Current.Line, $"{Current.Describe()} stands where {wanted} is needed");

    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text))
        {
            throw source.Error(Current.Line, $"{Current.Describe()} stands where '{text}' is needed");
        }
    }

    /// <summary>Reads something that holds other things of its kind.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > Deepest)
        {
            throw source.Error(Current.Line, $"blocks and brackets are more than {Deepest} deep");
        }

        var result = read();
        _depth--;
        return result;
    }

    private bool Skip(bool isThere)
    {
        if (isThere)
        {
            _next++;
        }

        return isThere;
    }
}
