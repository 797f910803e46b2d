using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>
/// Splits by GPT-2's expression, then spells the UTF-8 bytes of every piece in <see cref="ByteAlphabet"/>.
/// </summary>
/// <param name="addsSpace">A text that does not start with a space gets one.</param>
/// <param name="splits">False where an earlier part of the file has done the splitting.</param>
internal sealed class ByteLevelPreTokenizer(bool addsSpace, bool splits) : PreTokenizer
{
    private static readonly PatternPreTokenizer Words =
        new(new Gpt2Pattern(), SplitBehavior.Isolated, isInverted: false);

    public override void Split(Piece piece, List<Piece> result, PreTokenizerScratch scratch)
    {
        if (addsSpace && piece.Span[0] != ' ')
        {
            piece = new Piece(string.Concat(" ", piece.Span), 0, piece.Length + 1, piece.IsFirst);
        }

        var pieces = scratch.Pieces;
        pieces.Clear();
        if (splits)
        {
            Words.Split(piece, pieces, scratch);
        }
        else
        {
            pieces.Add(piece);
        }

        Spell(pieces, result);
    }

    // All pieces are spelled into one string, so that a long text costs one allocation and not one for each word.
    private static void Spell(List<Piece> pieces, List<Piece> result)
    {
        var total = 0;
        foreach (var piece in pieces)
        {
            total += ByteAlphabet.SpelledLength(piece.Span);
        }

        var spelled = string.Create(total, pieces, static (target, pieces) =>
        {
            var position = 0;
            foreach (var piece in pieces)
            {
                position += ByteAlphabet.Spell(piece.Span, target[position..]);
            }
        });
        var start = 0;
        foreach (var piece in pieces)
        {
            var length = ByteAlphabet.SpelledLength(piece.Span);
            result.Add(new Piece(spelled, start, length, piece.IsFirst));
            start += length;
        }
    }
}
