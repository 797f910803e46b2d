using System.Runtime.InteropServices;
using System.Text;

namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>
/// Unicode's normalization forms (UAX #15). The runtime's own do nothing without ICU, which the program does not need
/// otherwise, and would make token ids depend on the version that a machine has.
/// </summary>
internal static class UnicodeForms
{
    private const int HangulSyllable = 0xAC00;
    private const int HangulLead = 0x1100;
    private const int HangulVowel = 0x1161;
    private const int HangulTail = 0x11A7;
    private const int HangulLeads = 19;
    private const int HangulVowels = 21;
    private const int HangulTails = 28;

    public static string Normalize(string text, bool isCompatible, bool isComposed)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, isCompatible, points);
        }

        var span = CollectionsMarshal.AsSpan(points);
        Reorder(span);
        var length = isComposed ? Compose(span) : span.Length;
        var result = new StringBuilder(length);
        foreach (var point in span[..length])
        {
            result.Append(new Rune(point));
        }

        return result.ToString();
    }

    private static void Decompose(int point, bool isCompatible, List<int> result)
    {
        var syllable = point - HangulSyllable;
        if (syllable is >= 0 and < HangulLeads * HangulVowels * HangulTails)
        {
            result.Add(HangulLead + (syllable / (HangulVowels * HangulTails)));
            result.Add(HangulVowel + (syllable / HangulTails % HangulVowels));
            if (syllable % HangulTails != 0)
            {
                result.Add(HangulTail + (syllable % HangulTails));
            }
        }
        else if (UnicodeTables.Decomposition(point, isCompatible) is { } parts)
        {
            result.AddRange(parts);
        }
        else
        {
            result.Add(point);
        }
    }

    // Marks between two starters are sorted by their class; marks of one class keep their order.
    private static void Reorder(Span<int> points)
    {
        var start = 0;
        while (start < points.Length)
        {
            var end = start;
            while (end < points.Length && UnicodeTables.CombiningClass(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                SortByClass(points[start..end]);
            }

            start = end + 1;
        }
    }

    private static void SortByClass(Span<int> marks)
    {
        var keys = new long[marks.Length];
        for (var index = 0; index < keys.Length; index++)
        {
            keys[index] = ((long)UnicodeTables.CombiningClass(marks[index]) << 32) | (uint)index;
        }

        keys.AsSpan().Sort(marks);
    }

    // Joins each character to the last starter before it where nothing between them blocks it; returns the new length.
    private static int Compose(Span<int> points)
    {
        var length = 0;
        var starter = -1;
        var lastClass = 0;
        foreach (var point in points)
        {
            var combiningClass = UnicodeTables.CombiningClass(point);
            var isBlocked = starter < 0 || (starter + 1 < length && (lastClass == 0 || lastClass >= combiningClass));
            if (!isBlocked && Composite(points[starter], point) is var composite and >= 0)
            {
                points[starter] = composite;
                continue;
            }

            starter = combiningClass == 0 ? length : starter;
            lastClass = combiningClass;
            points[length++] = point;
        }

        return length;
    }

    private static int Composite(int first, int second)
    {
        if (first - HangulLead is >= 0 and < HangulLeads and var lead &&
            second - HangulVowel is >= 0 and < HangulVowels and var vowel)
        {
            return HangulSyllable + (((lead * HangulVowels) + vowel) * HangulTails);
        }

        var isOpenSyllable = first - HangulSyllable is >= 0 and < HangulLeads * HangulVowels * HangulTails
            && (first - HangulSyllable) % HangulTails == 0;
        return isOpenSyllable && second - HangulTail is > 0 and < HangulTails
            ? first + second - HangulTail
            : UnicodeTables.Composite(first, second);
    }
}
