using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace MoR.Coordinator.Configuration;

/// <summary>An immutable list that equals another with equal items, so that records compare by value.</summary>
[CollectionBuilder(typeof(ItemList), nameof(ItemList.Create))]
public sealed class ItemList<T> : IReadOnlyList<T>, IEquatable<ItemList<T>>
    where T : IEquatable<T>
{
    private readonly ImmutableArray<T> _items;

    internal ItemList(ImmutableArray<T> items) => _items = items;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public bool Equals(ItemList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as ItemList<T>);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", _items)}]";

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes <see cref="ItemList{T}"/>, also from collection expressions.</summary>
public static class ItemList
{
    public static ItemList<T> Create<T>(ReadOnlySpan<T> items)
        where T : IEquatable<T> => new([.. items]);
}
