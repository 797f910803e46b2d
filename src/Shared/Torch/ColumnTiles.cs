namespace MoR.Torch;

/// <summary>How a product is cut whose right side is converted on the way: a constant number of columns per tile.</summary>
internal static class ColumnTiles
{
    /// <summary>
    /// Columns per tile; another value is another numerics. A tile's converted weights are 11 MB for the widest linear of
    /// LLaMA-2-7B in float32, and 33 MB for its output head backwards.
    /// </summary>
    internal const int Columns = 256;

    /// <summary>Tiles of a product with this many columns.</summary>
    internal static int Count(long columns) => checked((int)((columns + Columns - 1) / Columns));

    /// <summary>First column and number of columns of one tile.</summary>
    internal static (long First, long Count) Of(int tile, long columns)
    {
        var first = (long)tile * Columns;
        return (first, Math.Min(Columns, columns - first));
    }
}
