using MoR.Cluster.Errors;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// A number that layers may have each their own of, such as experts or their rank: one for every layer, or several that
/// are spread evenly over the layers (MoLA's 2-4-6-8 gives the first quarter of the layers 2 experts and the last 8).
/// </summary>
public sealed record LayerNumbers
{
    public LayerNumbers(params ReadOnlySpan<int> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        Values = ItemList.Create(values);
    }

    /// <summary>The numbers as written, at least one.</summary>
    public ItemList<int> Values { get; }

    public int Smallest => Values.Min();

    public int Largest => Values.Max();

    /// <summary>The numbers of known layers: one value where all are equal, else all of them.</summary>
    public static LayerNumbers Of(IReadOnlyList<int> layers) =>
        layers.Distinct().Count() == 1 ? new LayerNumbers(layers[0]) : new LayerNumbers([.. layers]);

    /// <summary>The number of each layer, first layer first.</summary>
    /// <param name="layers">Layers of the backbone.</param>
    /// <param name="key">The recipe's key, for the message.</param>
    /// <exception cref="InputException">The layers do not divide evenly into as many groups as values.</exception>
    public ItemList<int> PerLayer(int layers, string key)
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
            key,
            $"{Values} has {groups} values, the backbone has {layers} layers, and {layers} / {groups} is not whole",
            $"Give one number, or a list of {divisors} values.");
    }

    /// <inheritdoc/>
    public override string ToString() => Values.Count == 1 ? Values[0].ToString() : Values.ToString();
}
