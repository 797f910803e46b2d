using System.Text;
using MoR.Model.Tokenizers.Bpe;

namespace MoR.Model.Tests.Tokenizers;

/// <summary>Byte-pair encoding as the paper states it, without queue, cuts or cache.</summary>
internal static class NaiveBpe
{
    public static List<int> Encode(BpeModel model, string word)
    {
        var ids = Characters(model, word);
        while (true)
        {
            var best = -1;
            var bestRank = int.MaxValue;
            for (var index = 0; index + 1 < ids.Count; index++)
            {
                var rank = model.Merges.RankOf(ids[index], ids[index + 1]);
                if (rank >= 0 && rank < bestRank)
                {
                    (best, bestRank) = (index, rank);
                }
            }

            if (best < 0)
            {
                return ids;
            }

            ids[best] = model.Merges[bestRank].Merged;
            ids.RemoveAt(best + 1);
        }
    }

    private static List<int> Characters(BpeModel model, string word)
    {
        var ids = new List<int>();
        var wasUnknown = false;
        foreach (var rune in word.EnumerateRunes())
        {
            var id = model.Vocabulary.IdOf(rune.ToString());
            var bytes = Encoding.UTF8.GetBytes(rune.ToString())
                .Select(value => model.Vocabulary.IdOf($"<0x{value:X2}>")).ToList();
            if (id >= 0)
            {
                ids.Add(id);
            }
            else if (model.Options.FallsBackToBytes && bytes.TrueForAll(value => value >= 0))
            {
                ids.AddRange(bytes);
            }
            else if (model.Options.UnknownId >= 0 && !(wasUnknown && model.Options.FusesUnknown))
            {
                ids.Add(model.Options.UnknownId);
            }

            wasUnknown = id < 0;
        }

        return ids;
    }
}
