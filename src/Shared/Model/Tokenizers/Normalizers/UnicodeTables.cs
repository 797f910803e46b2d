using System.Globalization;

namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>
/// What <c>unicode-normalization.txt</c> beside this file holds, which says its source and format; read at first use.
/// </summary>
internal static class UnicodeTables
{
    private static readonly Lazy<Tables> Loaded = new(Load);

    /// <summary>The canonical combining class; 0 is a starter.</summary>
    public static int CombiningClass(int point) =>
        point < 0x300 ? 0 : Loaded.Value.Classes.GetValueOrDefault(point);

    /// <summary>The full decomposition, or null where the code point stays as it is.</summary>
    public static int[]? Decomposition(int point, bool isCompatible)
    {
        var tables = Loaded.Value;
        return isCompatible && tables.Compatible.TryGetValue(point, out var compatible)
            ? compatible
            : tables.Canonical.GetValueOrDefault(point);
    }

    /// <summary>The primary composite of two code points, or -1. Hangul is not in the table.</summary>
    public static int Composite(int first, int second) =>
        Loaded.Value.Composites.TryGetValue((first, second), out var composite) ? composite : -1;

    private static Tables Load()
    {
        const string resource = "MoR.Model.Tokenizers.unicode-normalization.txt";
        using var stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        var tables = new Tables([], [], [], []);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                Add(line, tables);
            }
        }

        return tables;
    }

    private static void Add(string line, Tables tables)
    {
        var points = Array.ConvertAll(line[2..].Split(' '), text => int.Parse(text, NumberStyles.HexNumber));
        switch (line[0])
        {
            case 'c':
                for (var point = points[1]; point <= points[2]; point++)
                {
                    tables.Classes.Add(point, points[0]);
                }

                break;
            case 'd':
                tables.Canonical.Add(points[0], points[1..]);
                break;
            case 'k':
                tables.Compatible.Add(points[0], points[1..]);
                break;
            case 'p':
                tables.Composites.Add((points[0], points[1]), points[2]);
                break;
        }
    }

    private sealed record Tables(
        Dictionary<int, int> Classes,
        Dictionary<int, int[]> Canonical,
        Dictionary<int, int[]> Compatible,
        Dictionary<(int First, int Second), int> Composites);
}
