namespace MoR.Cluster.Protocol.Wire;

/// <summary>Sizes of tensors on the wire.</summary>
public static class WireSize
{
    private const int ScaleBytes = 4;

    /// <summary>The most dimensions that a tensor may have.</summary>
    public const int MostDimensions = 4;

    /// <summary>Bytes of a tensor.</summary>
    /// <exception cref="ArgumentException">The shape is none, or its size overflows.</exception>
    public static long Of(ElementType type, IReadOnlyList<long> shape)
    {
        if (shape.Count > MostDimensions || shape.Any(size => size < 0))
        {
            throw new ArgumentException($"[{string.Join(", ", shape)}] is no shape of at most {MostDimensions} dimensions", nameof(shape));
        }

        try
        {
            var values = shape.Aggregate(1L, (product, size) => checked(product * size));
            return type switch
            {
                ElementType.F32 or ElementType.I32 => checked(values * 4),
                ElementType.F64 or ElementType.I64 => checked(values * 8),
                ElementType.Bf16 => checked(values * 2),
                ElementType.Int8Rows when shape.Count == 2 => checked(values + (shape[0] * ScaleBytes)),
                _ => throw new ArgumentException($"[{string.Join(", ", shape)}] of type {type} cannot travel", nameof(type)),
            };
        }
        catch (OverflowException cause)
        {
            throw new ArgumentException($"[{string.Join(", ", shape)}] is too large", nameof(shape), cause);
        }
    }
}
