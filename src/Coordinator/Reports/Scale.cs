namespace MoR.Coordinator.Reports;

/// <summary>A linear axis with round ticks.</summary>
/// <param name="Least">Value at the axis' start.</param>
/// <param name="Greatest">Value at its end, greater than the least.</param>
/// <param name="Ticks">Round values between them.</param>
internal sealed record Scale(double Least, double Greatest, IReadOnlyList<double> Ticks)
{
    /// <summary>An axis over the finite ones of some values.</summary>
    /// <param name="values">What must fit.</param>
    /// <param name="wantedTicks">About this many ticks.</param>
    /// <param name="isTight">Whether the axis ends at the extreme values; otherwise at ticks.</param>
    public static Scale Over(IEnumerable<double> values, int wantedTicks, bool isTight = false)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        var (least, greatest) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (greatest - least <= 1e-12 * Math.Max(Math.Abs(least), Math.Abs(greatest)))
        {
            // One value alone gets room on both sides.
            var room = least == 0 ? 1 : Math.Abs(least) / 2;
            (least, greatest) = (least - room, greatest + room);
        }

        var width = RoundWidth((greatest - least) / wantedTicks);
        if (!isTight)
        {
            least = Math.Floor(least / width) * width;
            greatest = Math.Ceiling(greatest / width) * width;
        }

        var ticks = new List<double>();
        for (var n = Math.Ceiling((least / width) - 1e-9); n * width <= greatest + (1e-9 * width); n++)
        {
            // Adding zero turns -0 into 0.
            ticks.Add((n * width) + 0.0);
        }

        return new Scale(least, greatest, ticks);
    }

    /// <summary>Where a value lies, from 0 to 1.</summary>
    public double Place(double value) => (value - Least) / (Greatest - Least);

    /// <summary>1, 2 or 5 times a power of ten, at least the width asked for.</summary>
    private static double RoundWidth(double width)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(width)));
        return power * ((width / power) switch
        {
            <= 1.000001 => 1,
            <= 2.000001 => 2,
            <= 5.000001 => 5,
            _ => 10,
        });
    }
}
