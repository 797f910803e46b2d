using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Seeds of runs: a range such as <c>1..5</c>, bounds included, or a list.</summary>
public sealed class SeedsKind : ValueKind<ItemList<long>>
{
    private const int Most = 1000;

    private static readonly WholeNumber<long> Seed = new(0, long.MaxValue);
    private static readonly ListOf<long> List = new(Seed, 1, Most, allowSingle: true);

    /// <inheritdoc/>
    public override string TypeName => "a range such as 1..5, a whole number or a list of them";

    /// <inheritdoc/>
    public override string Allowed => List.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out ItemList<long> value)
    {
        value = [];
        if (node is ListNode)
        {
            return List.TryRead(node, key, problems, out value);
        }

        if (node is not ScalarNode { IsNull: false } scalar)
        {
            return RefuseType(node, key, problems);
        }

        if (scalar.Text.Split("..") is not [var from, var to])
        {
            return List.TryRead(node, key, problems, out value);
        }

        if (!Seed.TryRead(scalar with { Text = from }, key, problems, out var first)
            || !Seed.TryRead(scalar with { Text = to }, key, problems, out var last))
        {
            return false;
        }

        if (last < first || last - first >= Most)
        {
            return RefuseRange(node, key, problems);
        }

        value = ItemList.Create<long>([.. Enumerable.Range(0, (int)(last - first) + 1).Select(offset => first + offset)]);
        return true;
    }

    /// <inheritdoc/>
    public override string Write(ItemList<long> value) => List.Write(value);
}
