using System.Globalization;
using System.Text.Json.Nodes;

namespace MoR.Coordinator.Benchmarks;

/// <summary>What repeated measurements gave.</summary>
internal sealed record Samples
{
    private readonly double[] _sorted;

    /// <param name="values">At least one.</param>
    public Samples(IEnumerable<double> values) => _sorted = [.. values.Order()];

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public double Median => (_sorted[(_sorted.Length - 1) / 2] + _sorted[_sorted.Length / 2]) / 2;

    /// <summary>The least.</summary>
    public double Least => _sorted[0];

    /// <summary>The most.</summary>
    public double Most => _sorted[^1];

    /// <summary>How many.</summary>
    public int Count => _sorted.Length;

    /// <summary>Median and spread for people.</summary>
    public string Text(string format)
    {
        var culture = CultureInfo.InvariantCulture;
        return $"{Median.ToString(format, culture)} ({Least.ToString(format, culture)} to {Most.ToString(format, culture)})";
    }

    /// <summary>Median and spread for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["median"] = Median,
        ["least"] = Least,
        ["most"] = Most,
        ["count"] = Count,
    };
}
