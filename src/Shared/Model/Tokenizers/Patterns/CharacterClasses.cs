using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace MoR.Model.Tokenizers.Patterns;

/// <summary>Kinds of characters by Unicode's general category (UAX #44), code point by code point.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] OfUnit = Classify();

    /// <summary>The class of the code point that starts at <paramref name="index"/>.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="index">The start of a code point.</param>
    /// <param name="length">Its length in UTF-16 units.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        var unit = text[index];
        if (!char.IsSurrogate(unit))
        {
            length = 1;
            return OfUnit[unit];
        }

        length = 2;
        return Of(Rune.GetUnicodeCategory(new Rune(unit, text[index + 1])));
    }

    public static bool IsNumeric(Rune rune) => Of(Rune.GetUnicodeCategory(rune)) == CharacterClass.Number;

    public static bool IsPunctuation(Rune rune) =>
        Rune.IsPunctuation(rune) || (rune.IsAscii && Rune.IsSymbol(rune));

    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>
    /// A word character by UTS #18, annex C: alphabetic, mark, decimal number, connector punctuation or join control.
    /// </summary>
    public static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber => true,
        UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.OtherSymbol => IsCircledLetter(rune.Value),
        UnicodeCategory.Format => rune.Value is 0x200C or 0x200D,
        _ => false,
    };

    public static bool StartsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == System.Buffers.OperationStatus.Done && IsWord(rune);

    public static bool EndsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var rune, out _) == System.Buffers.OperationStatus.Done && IsWord(rune);

    // The symbols that Unicode lists as alphabetic (PropList, Other_Alphabetic).
    private static bool IsCircledLetter(int value) =>
        value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);

    private static CharacterClass[] Classify()
    {
        var classes = new CharacterClass[char.MaxValue + 1];
        for (var unit = 0; unit < classes.Length; unit++)
        {
            classes[unit] = char.IsWhiteSpace((char)unit)
                ? unit is '\r' or '\n' ? CharacterClass.LineEnd : CharacterClass.Space
                : Of(char.GetUnicodeCategory((char)unit));
        }

        return classes;
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber =>
            CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
