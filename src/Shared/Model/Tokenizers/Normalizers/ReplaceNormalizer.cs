using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>Replaces every match of a pattern by a text, taken literally.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    public override string Normalize(string text) => pattern.Replace(text, content);
}
