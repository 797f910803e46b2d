using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>A mapping from labels to indices of choices.</summary>
public sealed class LabelDictionaryKind : ValueKind<LabelDictionary?>
{
    private static readonly WholeNumber<int> Index = new(0, 999);

    /// <inheritdoc/>
    public override string TypeName => "a mapping from labels to indices of choices";

    /// <inheritdoc/>
    public override string Allowed => $"indices {Index.Allowed}";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out LabelDictionary? value)
    {
        value = null;
        if (node is not MapNode { Entries.Length: > 0 } map)
        {
            return RefuseType(node, key, problems);
        }

        var before = problems.Count;
        var entries = new List<KeyValuePair<string, int>>();
        foreach (var entry in map.Entries)
        {
            if (Index.TryRead(entry.Value, $"{key}.{Quoted.Text(entry.Key)}", problems, out var index))
            {
                entries.Add(new(entry.Key, index));
            }
        }

        value = new LabelDictionary(entries);
        return problems.Count == before;
    }

    /// <inheritdoc/>
    public override string Write(LabelDictionary? value) => value is null
        ? "null"
        : $"{{{string.Join(", ", value.Select(entry => $"{PlainText.Quote(entry.Key)}: {entry.Value}"))}}}";
}
