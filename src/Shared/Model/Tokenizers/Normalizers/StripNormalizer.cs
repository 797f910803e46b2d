namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>Removes white space at the start, the end or both.</summary>
internal sealed class StripNormalizer(bool atStart, bool atEnd) : Normalizer
{
    public override string Normalize(string text)
    {
        text = atStart ? text.TrimStart() : text;
        return atEnd ? text.TrimEnd() : text;
    }
}
