using System.Runtime.InteropServices;
using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>
/// Splits at the matches of a pattern; with <paramref name="isInverted"/> the matches are the pieces and what lies
/// between them the delimiters.
/// </summary>
internal sealed class PatternPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool isInverted) : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> result, PreTokenizerScratch scratch)
    {
        var matches = scratch.Matches;
        matches.Clear();
        pattern.FindAll(piece.Span, matches);
        var sink = new Sink(piece, behavior, result);
        var done = 0;
        foreach (var match in CollectionsMarshal.AsSpan(matches))
        {
            if (match.Start > done)
            {
                sink.Add(done, match.Start, isDelimiter: isInverted);
            }

            sink.Add(match.Start, match.End, isDelimiter: !isInverted);
            done = match.End;
        }

        if (done < piece.Length)
        {
            sink.Add(done, piece.Length, isDelimiter: isInverted);
        }

        sink.Finish();
    }

    // Takes neighbouring stretches in order and joins them as the behaviour says. One stretch is held back, since the
    // next may join it.
    private struct Sink(Piece piece, SplitBehavior behavior, List<Piece> result)
    {
        private int start = -1;
        private int end = -1;
        private bool wasDelimiter;

        public void Add(int from, int to, bool isDelimiter)
        {
            if (behavior == SplitBehavior.Removed && isDelimiter)
            {
                Finish();
                return;
            }

            var joins = start >= 0 && behavior switch
            {
                SplitBehavior.Contiguous => isDelimiter == wasDelimiter,
                SplitBehavior.MergedWithPrevious => isDelimiter && !wasDelimiter,
                SplitBehavior.MergedWithNext => wasDelimiter && !isDelimiter,
                _ => false,
            };
            wasDelimiter = isDelimiter;
            if (joins)
            {
                end = to;
                return;
            }

            Finish();
            (start, end) = (from, to);
        }

        public void Finish()
        {
            if (end > start)
            {
                result.Add(new Piece(piece.Text, piece.Start + start, end - start, piece.IsFirst && start == 0));
            }

            start = end = -1;
        }
    }
}
