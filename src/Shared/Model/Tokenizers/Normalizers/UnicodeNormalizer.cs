namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>One of Unicode's four normalization forms (UAX #15).</summary>
internal sealed class UnicodeNormalizer(bool isCompatible, bool isComposed) : Normalizer
{
    // Below these code points no character changes or joins another: ASCII, and for NFC all up to the first mark.
    private const char FirstMark = '\u0300';
    private const char FirstNonAscii = '\u0080';

    public override string Normalize(string text)
    {
        var firstToChange = isComposed && !isCompatible ? FirstMark : FirstNonAscii;
        return text.AsSpan().ContainsAnyExceptInRange('\0', (char)(firstToChange - 1))
            ? UnicodeForms.Normalize(text, isCompatible, isComposed)
            : text;
    }
}
