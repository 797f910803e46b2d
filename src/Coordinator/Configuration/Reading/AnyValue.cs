namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A value that is passed on as it stands, to be checked by whoever takes it.</summary>
public sealed class AnyValue : ValueKind<ConfigNode?>
{
    /// <inheritdoc/>
    public override string TypeName => "a value";

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out ConfigNode? value)
    {
        value = node;
        return true;
    }

    /// <inheritdoc/>
    public override string Write(ConfigNode? value) => value switch
    {
        null or { IsNull: true } => "null",
        ScalarNode scalar => scalar.IsPlain ? scalar.Text : PlainText.Quote(scalar.Text),
        ListNode list => $"[{string.Join(", ", list.Items.Select(Write))}]",
        MapNode map => $"{{{string.Join(", ", map.Entries.Select(item => $"{PlainText.Quote(item.Key)}: {Write(item.Value)}"))}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "Unknown node."),
    };
}
