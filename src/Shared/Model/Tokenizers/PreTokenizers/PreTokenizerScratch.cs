using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>Lists that one encoding reuses for every piece.</summary>
internal sealed class PreTokenizerScratch
{
    public List<TextMatch> Matches { get; } = [];

    public List<Piece> Pieces { get; } = [];
}
