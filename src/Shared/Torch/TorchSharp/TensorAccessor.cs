using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Typed access to the elements of a CPU tensor, in row-major order whatever its strides.</summary>
/// <typeparam name="T">The .NET type of the tensor's dtype; nothing is converted.</typeparam>
public sealed unsafe class TensorAccessor<T> : IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly T* first;
    private readonly long[] sizes;
    private readonly long[] strides;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (TypeOf(tensor.dtype) != typeof(T))
        {
            throw new ArgumentException($"data<{typeof(T).Name}>: the tensor's dtype is {tensor.dtype}");
        }

        this.tensor = tensor;
        first = (T*)tensor.Address();
        sizes = tensor.shape;
        strides = tensor.stride();
        Count = tensor.numel();
    }

    public long Count { get; }

    internal T First => *first;

    /// <summary>One element, by one index per dimension, or by its place in row-major order.</summary>
    public T this[params long[] indices]
    {
        get
        {
            var value = *At(indices);
            GC.KeepAlive(tensor);
            return value;
        }

        set
        {
            *At(indices) = value;
            GC.KeepAlive(tensor);
        }
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = checked((int)(Count - tensorIndex));
        if (tensor.is_contiguous())
        {
            new ReadOnlySpan<T>(first + tensorIndex, count).CopyTo(array[arrayIndex..]);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                array[arrayIndex + i] = *Flat(tensorIndex + i);
            }
        }

        GC.KeepAlive(tensor);
    }

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = checked((int)Math.Min(array.Length - arrayIndex, Count - tensorIndex));
        for (var i = 0; i < count; i++)
        {
            *Flat(tensorIndex + i) = array[arrayIndex + i];
        }

        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Type? TypeOf(torch.ScalarType dtype) => dtype switch
    {
        torch.ScalarType.Byte => typeof(byte),
        torch.ScalarType.Int8 => typeof(sbyte),
        torch.ScalarType.Int16 => typeof(short),
        torch.ScalarType.Int32 => typeof(int),
        torch.ScalarType.Int64 => typeof(long),
        torch.ScalarType.Float16 => typeof(Half),
        torch.ScalarType.Float32 => typeof(float),
        torch.ScalarType.Float64 => typeof(double),
        torch.ScalarType.Bool => typeof(bool),
        _ => null,
    };

    private T* At(long[] indices)
    {
        if (indices.Length == 1 && sizes.Length != 1)
        {
            return Flat(indices[0]);
        }

        var offset = 0L;
        for (var i = 0; i < sizes.Length; i++)
        {
            var index = indices[i];
            if (index < 0 || index >= sizes[i])
            {
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"dimension {i} has {sizes[i]} elements");
            }

            offset += index * strides[i];
        }

        return first + offset;
    }

    private T* Flat(long place)
    {
        if (place < 0 || place >= Count)
        {
            throw new ArgumentOutOfRangeException(nameof(place), place, $"the tensor has {Count} elements");
        }

        var offset = 0L;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            offset += place % sizes[i] * strides[i];
            place /= sizes[i];
        }

        return first + offset;
    }
}
