namespace MoR.Model.Tokenizers.Bpe;

/// <summary>What a BPE model does beside merging.</summary>
/// <param name="UnknownId">Stands for characters without token; -1 leaves them out.</param>
/// <param name="FusesUnknown">Neighbouring unknown characters are one <paramref name="UnknownId"/>.</param>
/// <param name="FallsBackToBytes">Characters without token are spelled by tokens such as <c>&lt;0xE2&gt;</c> where all
/// of theirs exist.</param>
/// <param name="PrefersWholeWords">A word that is a token is that token, whatever the merges make of it.</param>
internal sealed record BpeOptions(int UnknownId, bool FusesUnknown, bool FallsBackToBytes, bool PrefersWholeWords);
