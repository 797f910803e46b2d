namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>Cuts pieces of text into smaller ones, and may rewrite them.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts one piece.</summary>
    /// <param name="piece">The piece, never empty.</param>
    /// <param name="result">Takes what becomes of it, in order and without empty pieces.</param>
    /// <param name="scratch">Lists that may be overwritten.</param>
    public abstract void Split(Piece piece, List<Piece> result, PreTokenizerScratch scratch);
}
