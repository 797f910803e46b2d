using static TorchSharp.torch;

namespace MoR.Torch.Tests;

/// <summary>Comparisons of whole tensors.</summary>
internal static class Assertions
{
    /// <summary>Shape, dtype and every bit are the same.</summary>
    public static void SameBits(Tensor expected, Tensor actual, string about = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        using var left = expected.contiguous();
        using var right = actual.contiguous();
        Assert.True(left.bytes.SequenceEqual(right.bytes), $"bits differ {about}");
    }

    /// <summary>Values in row-major order, as doubles, within an absolute tolerance.</summary>
    public static void Values(double[] expected, Tensor actual, double tolerance = 1e-6)
    {
        using var wide = actual.to(float64);
        var values = wide.data<double>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - values[i]) <= tolerance,
                $"element {i}: expected {expected[i]}, got {values[i]}");
        }
    }

    /// <summary>Numbers in [-1, 1) from a seed.</summary>
    public static Tensor Random(int seed, ScalarType dtype, params long[] shape)
    {
        var generator = new Random(seed);
        var count = 1L;
        foreach (var size in shape)
        {
            count *= size;
        }

        var values = new double[count];
        for (var i = 0L; i < count; i++)
        {
            values[i] = (generator.NextDouble() * 2) - 1;
        }

        return tensor(values, shape, dtype);
    }
}
