namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>Maps every code point to lower case, in no particular language.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    // U+0130, the capital I with a dot, is the one character whose lower case is two (Unicode, SpecialCasing).
    public override string Normalize(string text) =>
        text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
}
