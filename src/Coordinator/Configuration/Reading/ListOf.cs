namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A list of values of one kind; one value alone may stand for a list of it.</summary>
public sealed class ListOf<T>(
    ValueKind<T> kind, int least, int most, bool allowSingle = false, bool allowDuplicates = false)
    : ValueKind<ItemList<T>>
    where T : IEquatable<T>
{
    /// <inheritdoc/>
    public override string TypeName => allowSingle ? $"{kind.TypeName} or a list of them" : "a list";

    /// <inheritdoc/>
    public override string Allowed =>
        (kind.Allowed.Length == 0 ? "" : $"each {kind.Allowed}; ") + $"{least}..{most} items";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out ItemList<T> value)
    {
        value = [];
        if (node is ScalarNode { IsNull: false } && allowSingle)
        {
            var isGood = kind.TryRead(node, key, problems, out var only);
            value = isGood ? [only] : [];
            return isGood;
        }

        if (node is not ListNode list)
        {
            return RefuseType(node, key, problems);
        }

        if (list.Items.Length < least || list.Items.Length > most)
        {
            return RefuseRange(node, key, problems);
        }

        var items = new List<T>(list.Items.Length);
        var seen = new HashSet<T>();
        var before = problems.Count;
        for (var i = 0; i < list.Items.Length; i++)
        {
            var itemKey = $"{key}[{i}]";
            if (!kind.TryRead(list.Items[i], itemKey, problems, out var item))
            {
                continue;
            }

            if (!seen.Add(item) && !allowDuplicates)
            {
                problems.Add(
                    list.Items[i].Place, $"{itemKey} repeats {list.Items[i].Describe()}", "Name every item once.");
            }

            items.Add(item);
        }

        value = ItemList.Create<T>([.. items]);
        return problems.Count == before;
    }

    /// <inheritdoc/>
    public override string Write(ItemList<T> value) => $"[{string.Join(", ", value.Select(kind.Write))}]";
}
