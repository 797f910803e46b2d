using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>A whole number from 1, or a list of them that is spread over the layers.</summary>
/// <param name="most">The largest number of one layer.</param>
public sealed class LayerNumbersKind(int most) : ValueKind<LayerNumbers>
{
    private const int MostLayers = 1024;

    private readonly ListOf<int> _list =
        new(new WholeNumber<int>(1, most), 1, MostLayers, allowSingle: true, allowDuplicates: true);

    /// <inheritdoc/>
    public override string TypeName => _list.TypeName;

    /// <inheritdoc/>
    public override string Allowed => _list.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out LayerNumbers value)
    {
        var isGood = _list.TryRead(node, key, problems, out var numbers);
        value = isGood ? new LayerNumbers([.. numbers]) : new LayerNumbers(1);
        return isGood;
    }

    /// <inheritdoc/>
    public override string Write(LayerNumbers value) => value.ToString();
}
