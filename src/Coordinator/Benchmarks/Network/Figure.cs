using System.Text.Json.Nodes;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>A ratio and the limit that the project set for it.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Text">Its name for people.</param>
/// <param name="Ratios">By round; the median counts.</param>
/// <param name="Limit">The limit.</param>
/// <param name="IsMost">Whether it is the most that is allowed, else the least.</param>
internal sealed record Figure(string Key, string Text, Samples Ratios, double Limit, bool IsMost)
{
    /// <summary>Whether it is within its limit.</summary>
    public bool Holds => IsMost ? Ratios.Median <= Limit : Ratios.Median >= Limit;

    /// <summary>The limit for people.</summary>
    public string LimitText => FormattableString.Invariant($"at {(IsMost ? "most" : "least")} {Limit:0.0#}");

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var json = Ratios.ToJson();
        json[IsMost ? "at_most" : "at_least"] = Limit;
        json["holds"] = Holds;
        return json;
    }
}
