namespace MoR.Model.Tokenizers.Bpe;

/// <summary>The merges of a BPE model by rank; the lowest rank is merged first.</summary>
internal sealed class BpeMerges
{
    private readonly PairTable ranks;
    private readonly List<(int Left, int Right, int Merged)> byRank;
    private readonly HashSet<int> joints = [];

    /// <param name="merges">What is merged and what comes of it, by rank; of a pair that occurs twice, the later rank
    /// counts.</param>
    /// <param name="tokens">The tokens by id.</param>
    public BpeMerges(List<(int Left, int Right, int Merged)> merges, IReadOnlyDictionary<int, string> tokens)
    {
        byRank = merges;
        ranks = new PairTable(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right, _) = merges[rank];
            ranks.Set(left, right, rank);
            joints.Add(Joint(tokens[left][^1], tokens[right][0]));
        }
    }

    /// <summary>The rank at which two neighbours are merged, or -1.</summary>
    public int RankOf(int left, int right) => ranks.Find(left, right);

    public (int Left, int Right, int Merged) this[int rank] => byRank[rank];

    /// <summary>
    /// Whether any merge can join a token that ends in <paramref name="left"/> to one that starts with
    /// <paramref name="right"/>. Where none can, a text may be cut without changing a token.
    /// </summary>
    public bool CanJoin(char left, char right) => joints.Contains(Joint(left, right));

    private static int Joint(char left, char right) => (left << 16) | right;
}
