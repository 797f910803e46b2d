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
        try
        {
            var values = shape.Count <= MostDimensions ? ValuesOf(shape) : -1;
            if (values < 0)
            {
                throw new ArgumentException(
                    $"[{string.Join(", ", shape)}] is no shape of at most {MostDimensions} dimensions", nameof(shape));
            }

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

    /// <summary>The product of sizes; -1 if one is below 0. Asked several times for each tensor that travels, so it is a plain loop.
    /// </summary>
    private static long ValuesOf(IReadOnlyList<long> shape)
    {
        var isShape = true;
        for (var i = 0; i < shape.Count; i++)
        {
            isShape &= shape[i] >= 0;
        }

        var product = isShape ? 1L : -1L;
        for (var i = 0; isShape && i < shape.Count; i++)
        {
            product = checked(product * shape[i]);
        }

        return product;
    }
}
