using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>
/// Writes spaces as <paramref name="replacement"/>, puts one in front as <paramref name="scheme"/> says, and starts a
/// piece at each (SentencePiece's treatment of white space, Kudo and Richardson 2018).
/// </summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool splits) : PreTokenizer
{
    private readonly PatternPreTokenizer words =
        new(new LiteralPattern(replacement), SplitBehavior.MergedWithNext, isInverted: false);

    public override void Split(Piece piece, List<Piece> result, PreTokenizerScratch scratch)
    {
        var text = Rewrite(piece);
        var rewritten = new Piece(text, 0, text.Length, piece.IsFirst);
        if (splits)
        {
            words.Split(rewritten, result, scratch);
        }
        else
        {
            result.Add(rewritten);
        }
    }

    private string Rewrite(Piece piece)
    {
        var text = piece.Span;
        var starts = text[0] == ' ' || text.StartsWith(replacement, StringComparison.Ordinal);
        var prepends = !starts &&
            (scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.IsFirst));
        var whole = prepends ? string.Concat(replacement, text) : text.ToString();
        return whole.Replace(" ", replacement, StringComparison.Ordinal);
    }
}
