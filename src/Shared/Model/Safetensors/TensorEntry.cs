namespace MoR.Model.Safetensors;

/// <summary>Where one tensor lies in a safetensors file; values are little-endian, row by row (C order).</summary>
/// <param name="Name">The name in the header.</param>
/// <param name="Dtype">The element type.</param>
/// <param name="Shape">The sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">Bytes from the start of the file to the first value.</param>
/// <param name="Length">Bytes of all values.</param>
public sealed record TensorEntry(string Name, SafetensorsDtype Dtype, long[] Shape, long Offset, long Length)
{
    /// <summary>The number of elements: the product of the sizes, 1 for a scalar.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>
    /// Whether the values start at a multiple of the element size. The format does not promise it, and a reader that
    /// wants aligned pointers has to copy where it does not hold.
    /// </summary>
    public bool IsAligned => Offset % Math.Max(1, Dtype.Bits() / 8) == 0;

    /// <summary>The shape as people write it: <c>[128, 384]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
