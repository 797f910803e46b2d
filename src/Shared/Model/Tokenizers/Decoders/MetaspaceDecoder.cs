namespace MoR.Model.Tokenizers.Decoders;

/// <summary>
/// Writes the replacement as a space again; in the first token it is removed where encoding put one in front.
/// </summary>
internal sealed class MetaspaceDecoder(string replacement, bool wasPrepended) : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        for (var index = 0; index < tokens.Count; index++)
        {
            var space = index == 0 && wasPrepended ? string.Empty : " ";
            tokens[index] = tokens[index].Replace(replacement, space, StringComparison.Ordinal);
        }

        return tokens;
    }
}
