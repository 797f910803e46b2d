namespace MoR.Model.Tokenizers.Bpe;

/// <summary>A binary heap of keys; the smallest comes out first.</summary>
internal sealed class MergeQueue
{
    private ulong[] heap = new ulong[64];

    public int Count { get; private set; }

    public void Add(ulong key)
    {
        if (Count == heap.Length)
        {
            Array.Resize(ref heap, heap.Length * 2);
        }

        var index = Count++;
        while (index > 0 && heap[(index - 1) / 2] is var parent && parent > key)
        {
            heap[index] = parent;
            index = (index - 1) / 2;
        }

        heap[index] = key;
    }

    public ulong TakeSmallest()
    {
        var smallest = heap[0];
        var moved = heap[--Count];
        var index = 0;
        while ((2 * index) + 1 < Count)
        {
            var child = (2 * index) + 1;
            if (child + 1 < Count && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= moved)
            {
                break;
            }

            heap[index] = heap[child];
            index = child;
        }

        heap[index] = moved;
        return smallest;
    }
}
