using MoR.Cluster.Errors;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// How many experts each linear has: one number for every layer, or several that are spread evenly over the layers
/// (MoLA's 2-4-6-8 gives the first quarter of the layers 2 experts and the last quarter 8).
/// </summary>
public sealed record ExpertCount
{
    public ExpertCount(params ReadOnlySpan<int> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        Values = ItemList.Create(values);
    }

    /// <summary>The counts as written, at least one.</summary>
    public ItemList<int> Values { get; }

    public int Smallest => Values.Min();

    public int Largest => Values.Max();

    /// <summary>The number of experts of each layer, first layer first.</summary>
    /// <exception cref="InputException">The layers do not divide evenly into as many groups as counts.</exception>
    public ItemList<int> PerLayer(int layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        var groups = Values.Count;
        if (layers % groups == 0)
        {
            var size = layers / groups;
            return ItemList.Create<int>([.. Enumerable.Range(0, layers).Select(layer => Values[layer / size])]);
        }

        var divisors = string.Join(", ", Enumerable.Range(1, layers).Where(count => layers % count == 0));
        throw new InputException(
            "experts.count",
            $"{Values} has {groups} values, the backbone has {layers} layers, and {layers} / {groups} is not whole",
            $"Give one number, or a list of {divisors} values.");
    }

    /// <inheritdoc/>
    public override string ToString() => Values.Count == 1 ? Values[0].ToString() : Values.ToString();
}
