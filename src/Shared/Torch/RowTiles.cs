namespace MoR.Torch;

/// <summary>How a large product is cut: a constant number of rows per tile, whatever the number of threads.</summary>
internal static class RowTiles
{
    /// <summary>Rows per tile. Another value is another numerics: some shapes round differently.</summary>
    internal const int Rows = 128;

    /// <summary>Tiles of a product with this many rows.</summary>
    internal static int Count(long rows) => checked((int)((rows + Rows - 1) / Rows));

    /// <summary>First row and number of rows of one tile.</summary>
    internal static (long First, long Count) Of(int tile, long rows)
    {
        var first = (long)tile * Rows;
        return (first, Math.Min(Rows, rows - first));
    }
}
