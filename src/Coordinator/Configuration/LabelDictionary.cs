using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace MoR.Coordinator.Configuration;

/// <summary>From a label's text to the index of its choice, enumerated in the order of the task file.</summary>
public sealed class LabelDictionary : IReadOnlyDictionary<string, int>
{
    private readonly ImmutableArray<KeyValuePair<string, int>> _entries;
    private readonly Dictionary<string, int> _indices;

    public LabelDictionary(IEnumerable<KeyValuePair<string, int>> entries)
    {
        _entries = [.. entries];
        _indices = new Dictionary<string, int>(_entries, StringComparer.Ordinal);
    }

    public int Count => _entries.Length;

    public IEnumerable<string> Keys => _entries.Select(entry => entry.Key);

    public IEnumerable<int> Values => _entries.Select(entry => entry.Value);

    public int this[string key] => _indices[key];

    public bool ContainsKey(string key) => _indices.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out int value) => _indices.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, int>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, int>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
