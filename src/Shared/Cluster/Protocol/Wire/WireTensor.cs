namespace MoR.Cluster.Protocol.Wire;

/// <summary>
/// A tensor as it travels: row-major, little-endian, without gaps. Who makes it decides where the bytes are; the cluster layer
/// moves them and never looks inside.
/// </summary>
/// <param name="type">How values are written.</param>
/// <param name="shape">Sizes of the dimensions, outermost first.</param>
public abstract class WireTensor(ElementType type, IReadOnlyList<long> shape) : IDisposable
{
    /// <summary>How values are written.</summary>
    public ElementType Type => type;

    /// <summary>Sizes of the dimensions, outermost first.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>Its size on the wire.</summary>
    public long ByteCount { get; } = WireSize.Of(type, shape);

    /// <summary>Its bytes; valid until it is disposed.</summary>
    public abstract Memory<byte> Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the bytes.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
