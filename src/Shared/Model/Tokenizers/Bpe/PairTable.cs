using System.Numerics;

namespace MoR.Model.Tokenizers.Bpe;

/// <summary>
/// A hash table from a pair of ids to a number of at least 0. It is built once and then only read, by any number of
/// threads; the innermost loop of encoding is a look-up here.
/// </summary>
internal sealed class PairTable
{
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private readonly Slot[] slots;
    private readonly int shift;

    /// <param name="capacity">The most pairs that will be added.</param>
    public PairTable(int capacity)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity * 2));
        slots = new Slot[size];
        shift = 64 - BitOperations.Log2((uint)size);
    }

    public static ulong Pack(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>The number of a pair, or -1.</summary>
    public int Find(int left, int right)
    {
        var key = Pack(left, right);
        ref var slot = ref SlotOf(key);
        return slot.Key == key ? slot.Number - 1 : -1;
    }

    /// <summary>Adds a pair, or replaces its number.</summary>
    public void Set(int left, int right, int number)
    {
        var key = Pack(left, right);
        SlotOf(key) = new Slot(key, number + 1);
    }

    // An empty slot has number 0, so that numbers are stored plus one and the pair (0, 0) is like any other.
    private ref Slot SlotOf(ulong key)
    {
        var index = (int)((key * Spread) >> shift);
        while (slots[index].Number != 0 && slots[index].Key != key)
        {
            index = (index + 1) & (slots.Length - 1);
        }

        return ref slots[index];
    }

    private readonly record struct Slot(ulong Key, int Number);
}
