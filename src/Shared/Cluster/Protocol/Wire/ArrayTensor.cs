namespace MoR.Cluster.Protocol.Wire;

/// <summary>A tensor in an array of the managed heap: indices, and everything where there is no libtorch.</summary>
public sealed class ArrayTensor : WireTensor
{
    private readonly byte[] _bytes;

    /// <summary>Room for a tensor.</summary>
    public ArrayTensor(ElementType type, IReadOnlyList<long> shape)
        : base(type, shape) => _bytes = new byte[ByteCount];

    /// <summary>Where such tensors are received.</summary>
    public static IWireMemory Memory { get; } = new Factory();

    /// <inheritdoc/>
    public override Memory<byte> Bytes => _bytes;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Factory : IWireMemory
    {
        public WireTensor Allocate(ElementType type, IReadOnlyList<long> shape) => new ArrayTensor(type, shape);
    }
}
