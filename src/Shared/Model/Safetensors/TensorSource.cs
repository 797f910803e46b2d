namespace MoR.Model.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name; <c>__metadata__</c> is taken by the format.</param>
/// <param name="Dtype">The element type.</param>
/// <param name="Shape">The sizes, outermost first; empty for a scalar.</param>
/// <param name="Write">
/// Writes the values, little-endian and row by row; exactly as many bytes as type and shape say.
/// </param>
public sealed record TensorSource(string Name, SafetensorsDtype Dtype, long[] Shape, Action<Stream> Write)
{
    /// <summary>A tensor whose values are in memory.</summary>
    public TensorSource(string name, SafetensorsDtype dtype, long[] shape, ReadOnlyMemory<byte> values)
        : this(name, dtype, shape, stream => stream.Write(values.Span))
    {
    }

    /// <summary>Bytes of all values.</summary>
    public long Length => checked(Shape.Aggregate(1L, (product, size) => checked(product * size)) * Dtype.Bits() / 8);
}
