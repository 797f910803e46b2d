using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>A number of experts, or a list of numbers that is spread over the layers.</summary>
public sealed class ExpertCountKind : ValueKind<ExpertCount>
{
    /// <summary>The most experts of one layer.</summary>
    public const int Most = 1024;

    private const int MostLayers = 1024;

    private static readonly ListOf<int> List =
        new(new WholeNumber<int>(1, Most), 1, MostLayers, allowSingle: true, allowDuplicates: true);

    /// <inheritdoc/>
    public override string TypeName => List.TypeName;

    /// <inheritdoc/>
    public override string Allowed => List.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out ExpertCount value)
    {
        var isGood = List.TryRead(node, key, problems, out var counts);
        value = isGood ? new ExpertCount([.. counts]) : new ExpertCount(1);
        return isGood;
    }

    /// <inheritdoc/>
    public override string Write(ExpertCount value) => value.ToString();
}
