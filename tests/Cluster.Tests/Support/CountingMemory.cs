using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Support;

/// <summary>Counts the tensors that were allocated and not disposed of, and their bytes. Disposing of one twice is an error.</summary>
public sealed class CountingMemory : IWireMemory
{
    private readonly Lock _lock = new();

    public long LiveTensors { get; private set; }

    public long LiveBytes { get; private set; }

    public long MostLiveBytes { get; private set; }

    public long Allocations { get; private set; }

    public WireTensor Allocate(ElementType type, IReadOnlyList<long> shape)
    {
        var tensor = new Counted(this, type, shape);
        Count(1, tensor.ByteCount);
        return tensor;
    }

    private void Count(int tensors, long bytes)
    {
        lock (_lock)
        {
            Allocations += tensors > 0 ? 1 : 0;
            LiveTensors += tensors;
            LiveBytes += bytes;
            MostLiveBytes = Math.Max(MostLiveBytes, LiveBytes);
        }
    }

    private sealed class Counted(CountingMemory owner, ElementType type, IReadOnlyList<long> shape) : WireTensor(type, shape)
    {
        private byte[]? _bytes = new byte[WireSize.Of(type, shape)];

        public override Memory<byte> Bytes => _bytes ?? throw new ObjectDisposedException(nameof(Counted));

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _bytes, null) == null)
                throw new InvalidOperationException("A tensor was disposed of twice.");
            owner.Count(-1, -ByteCount);
        }
    }
}
