using MoR.Model.Safetensors;

namespace MoR.Model.TorchFiles;

/// <summary>A strided view of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Sizes, outermost first, none negative.</param>
/// <param name="Strides">Elements from one index to the next, per size, none negative.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Bytes of all values; a broadcast tensor may have more than any number of bytes.</summary>
    public double Bytes => Shape.Aggregate((double)ElementBytes, (product, size) => product * size);

    private int ElementBytes => Storage.Dtype.Bits() / 8;

    /// <summary>Whether a storage of that many bytes holds all its values.</summary>
    public bool IsWithin(long storageBytes)
    {
        if (Shape.Contains(0))
        {
            return true;
        }

        var last = (Int128)Offset;
        for (var i = 0; i < Shape.Length; i++)
        {
            last += (Int128)(Shape[i] - 1) * Strides[i];
        }

        return (last + 1) * ElementBytes <= storageBytes;
    }

    /// <summary>Writes the values row by row.</summary>
    public void CopyTo(Stream stream, byte[] storage)
    {
        if (!Shape.Contains(0))
        {
            Copy(stream, storage, 0, Offset);
        }
    }

    private void Copy(Stream stream, byte[] storage, int dimension, long offset)
    {
        // The innermost size of a row in one piece; a scalar has no sizes at all.
        if (dimension == Shape.Length || (dimension == Shape.Length - 1 && Strides[dimension] == 1))
        {
            var count = dimension == Shape.Length ? 1 : Shape[dimension];
            stream.Write(storage.AsSpan((int)offset * ElementBytes, (int)count * ElementBytes));
            return;
        }

        for (var i = 0L; i < Shape[dimension]; i++)
        {
            Copy(stream, storage, dimension + 1, offset + (i * Strides[dimension]));
        }
    }
}
