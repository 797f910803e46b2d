namespace MoR.Coordinator.Configuration.Reading;

/// <summary>Finds what a mistyped key was probably meant to be.</summary>
public static class NearestKey
{
    // No key is nearly as long, and the cost of a comparison grows with the product of both lengths.
    private const int MostCharacters = 100;

    /// <summary>
    /// The known key with the smallest edit distance; a key with the right last word in another group counts as one
    /// edit away. Of equally near ones the first. Null when nothing is known.
    /// </summary>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        var shortened = typed.Length > MostCharacters ? typed[..MostCharacters] : typed;
        string? nearest = null;
        var least = int.MaxValue - 1;
        foreach (var key in known)
        {
            var distance = Math.Min(
                DistanceBelow(least, shortened, key),
                1 + DistanceBelow(least, LastWord(shortened), LastWord(key)));
            if (distance < least)
            {
                least = distance;
                nearest = key;
            }
        }

        return nearest;
    }

    /// <summary>Optimal string alignment distance: insert, delete, substitute, swap neighbours.</summary>
    public static int Distance(string a, string b)
    {
        var (beforePrevious, previous, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[b.Length];
    }

    // The difference of the lengths is a lower bound that saves most comparisons.
    private static int DistanceBelow(int limit, string a, string b) =>
        Math.Abs(a.Length - b.Length) >= limit ? limit : Distance(a, b);

    private static string LastWord(string path) => path[(path.LastIndexOf('.') + 1)..];
}
