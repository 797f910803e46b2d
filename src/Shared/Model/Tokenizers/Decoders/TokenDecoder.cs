namespace MoR.Model.Tokenizers.Decoders;

/// <summary>Rewrites the texts of tokens on their way back to one text.</summary>
internal abstract class TokenDecoder
{
    /// <summary>What becomes of the tokens; may change and return the same list.</summary>
    public abstract List<string> Decode(List<string> tokens);
}
