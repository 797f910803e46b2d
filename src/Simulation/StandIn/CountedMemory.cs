using MoR.Cluster.Protocol.Wire;

namespace MoR.Simulation.StandIn;

/// <summary>Tensors of a process on the managed heap, counted: at its end all of them must have been given back, each once.</summary>
internal sealed class CountedMemory : IWireMemory
{
    /// <summary>Tensors that were not given back.</summary>
    public int Live { get; private set; }

    /// <inheritdoc/>
    public WireTensor Allocate(ElementType type, IReadOnlyList<long> shape)
    {
        Live++;
        return new Counted(this, type, shape);
    }

    /// <summary>A tensor of f32 with values.</summary>
    public WireTensor Of(ReadOnlySpan<float> values, params long[] shape)
    {
        var tensor = Allocate(ElementType.F32, shape);
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).CopyTo(tensor.Bytes.Span);
        return tensor;
    }

    /// <summary>A tensor of i32 with values.</summary>
    public WireTensor Of(ReadOnlySpan<int> values)
    {
        var tensor = Allocate(ElementType.I32, [values.Length]);
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).CopyTo(tensor.Bytes.Span);
        return tensor;
    }

    private sealed class Counted(CountedMemory owner, ElementType type, IReadOnlyList<long> shape) : WireTensor(type, shape)
    {
        private byte[]? _bytes = new byte[WireSize.Of(type, shape)];

        public override Memory<byte> Bytes => _bytes ?? throw new ObjectDisposedException(nameof(Counted));

        protected override void Dispose(bool disposing)
        {
            if (_bytes is null)
            {
                throw new InvalidOperationException("A tensor was given back twice.");
            }

            _bytes = null;
            owner.Live--;
        }
    }
}
