using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.Decoders;

/// <summary>Replaces every match of a pattern in every token by a text, taken literally.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : TokenDecoder
{
    public override List<string> Decode(List<string> tokens) =>
        tokens.ConvertAll(token => pattern.Replace(token, content));
}
