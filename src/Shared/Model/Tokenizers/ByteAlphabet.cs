using System.Text;

namespace MoR.Model.Tokenizers;

/// <summary>
/// GPT-2's alphabet of 256 visible characters, one for each byte: printable Latin-1 characters stand for themselves,
/// the other bytes, in order, for U+0100, U+0101, ... (Radford et al. 2019, the released encoder).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] OfByte = BuildCharacters();
    private static readonly short[] ToByte = BuildBytes();

    /// <summary>How many characters spell <paramref name="text"/>: one for each byte of its UTF-8.</summary>
    public static int SpelledLength(ReadOnlySpan<char> text) => Encoding.UTF8.GetByteCount(text);

    /// <summary>Writes the spelling and returns its length.</summary>
    public static int Spell(ReadOnlySpan<char> text, Span<char> target)
    {
        var position = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var unit in text)
        {
            if (!char.IsAscii(unit))
            {
                return SpellRunes(text[position..], target, position, bytes);
            }

            target[position++] = OfByte[unit];
        }

        return position;
    }

    /// <summary>The byte that <paramref name="letter"/> stands for, or a negative number.</summary>
    public static int ByteOf(char letter) => letter < ToByte.Length ? ToByte[letter] : -1;

    private static int SpellRunes(ReadOnlySpan<char> text, Span<char> target, int position, Span<byte> bytes)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            foreach (var value in bytes[..length])
            {
                target[position++] = OfByte[value];
            }
        }

        return position;
    }

    private static bool StandsForItself(int value) =>
        value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static char[] BuildCharacters()
    {
        var next = 0x100;
        var characters = new char[256];
        for (var value = 0; value < characters.Length; value++)
        {
            characters[value] = (char)(StandsForItself(value) ? value : next++);
        }

        return characters;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[OfByte.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < OfByte.Length; value++)
        {
            bytes[OfByte[value]] = (short)value;
        }

        return bytes;
    }
}
