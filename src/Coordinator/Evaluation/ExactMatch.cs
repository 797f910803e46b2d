using System.Text;

namespace MoR.Coordinator.Evaluation;

/// <summary>
/// Compares a generated answer with the right one, after the normalisation of SQuAD (Rajpurkar et al. 2016, section
/// 6.1): lower case, no punctuation, no articles (a, an, the), white space collapsed.
/// </summary>
/// <remarks>
/// One difference, since answers are numbers too: a point, comma, slash or colon between two digits and a sign before a
/// digit stay, so that 3.5 is not 35 and -1 is not 1. And when nothing is left of either text, the texts are compared
/// as they are without surrounding white space, so that "+" is not "-". Composed and decomposed accents differ: the
/// program runs without the tables that would unite them.
/// </remarks>
public static class ExactMatch
{
    private static readonly HashSet<string> Articles = new(StringComparer.Ordinal) { "a", "an", "the" };

    /// <summary>Whether both texts are the same answer.</summary>
    public static bool Matches(string predicted, string reference) => KeyOf(predicted) == KeyOf(reference);

    /// <summary>What two texts have in common if they are the same answer, and else do not.</summary>
    public static string KeyOf(string text)
    {
        var normalised = Normalise(text);

        // A normalised text never begins with a space, so the two kinds cannot meet.
        return normalised.Length > 0 ? normalised : " " + text.Trim();
    }

    /// <summary>The text in the form that is compared.</summary>
    public static string Normalise(string text)
    {
        string lower = text.ToLowerInvariant();
        var kept = new StringBuilder(lower.Length);
        for (int i = 0; i < lower.Length; i++)
        {
            if (!IsPunctuation(lower[i]) || IsPartOfNumber(lower, i))
            {
                kept.Append(lower[i]);
            }
        }

        string[] words = kept.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Where(word => !Articles.Contains(word)));
    }

    private static bool IsPunctuation(char c) => char.IsPunctuation(c) || (char.IsAscii(c) && char.IsSymbol(c));

    private static bool IsPartOfNumber(string text, int index)
    {
        bool digitFollows = index + 1 < text.Length && char.IsDigit(text[index + 1]);
        bool startsWord = index == 0 || char.IsWhiteSpace(text[index - 1]);
        return text[index] switch
        {
            '.' or ',' or '/' or ':' => digitFollows && index > 0 && char.IsDigit(text[index - 1]),
            '-' or '+' => digitFollows && startsWord,
            _ => false,
        };
    }
}
