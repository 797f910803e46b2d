namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>The pre-tokenizers of a file, one after the other.</summary>
internal sealed class PreTokenizerPipeline(PreTokenizer[] stages)
{
    /// <summary>The pieces of a text that is not empty.</summary>
    public List<Piece> Split(Piece text, PreTokenizerScratch scratch)
    {
        var pieces = new List<Piece> { text };
        foreach (var stage in stages)
        {
            var next = new List<Piece>(pieces.Count);
            foreach (var piece in pieces)
            {
                stage.Split(piece, next, scratch);
            }

            pieces = next;
        }

        return pieces;
    }
}
