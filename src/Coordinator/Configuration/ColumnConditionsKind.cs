using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>A mapping from columns to what they must hold.</summary>
public sealed class ColumnConditionsKind : ValueKind<ItemList<ColumnCondition>>
{
    private static readonly Phrase Text = new(4096);

    /// <inheritdoc/>
    public override string TypeName => "a mapping from columns to texts";

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override bool TryRead(
        ConfigNode node, string key, ProblemList problems, out ItemList<ColumnCondition> value)
    {
        value = [];
        if (node is not MapNode { Entries.Length: > 0 } map)
        {
            return RefuseType(node, key, problems);
        }

        var before = problems.Count;
        var conditions = new List<ColumnCondition>();
        foreach (var entry in map.Entries)
        {
            var text = "";
            if (IsEmpty(entry.Value) || Text.TryRead(entry.Value, $"{key}.{Quoted.Text(entry.Key)}", problems, out text))
            {
                conditions.Add(new(entry.Key, text));
            }
        }

        value = ItemList.Create<ColumnCondition>([.. conditions]);
        return problems.Count == before;
    }

    /// <inheritdoc/>
    public override string Write(ItemList<ColumnCondition> value) =>
        $"{{{string.Join(", ", value.Select(item => $"{PlainText.Quote(item.Column)}: {PlainText.Quote(item.Value)}"))}}}";

    private static bool IsEmpty(ConfigNode node) => node is ScalarNode { Text: "" } or ScalarNode { IsNull: true };
}
