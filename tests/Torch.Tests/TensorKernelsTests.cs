using System.Runtime.InteropServices;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Torch.Tests;

public sealed class TensorKernelsTests : TensorTest
{
    private static readonly ITensorKernels native = new LibtorchKernels();
    private static readonly ITensorKernels plain = new PlainKernels();

    public static TheoryData<ScalarType, long, long, long> Products()
    {
        var data = new TheoryData<ScalarType, long, long, long>();
        foreach (var (rows, inner, columns) in new[]
        {
            (1L, 1L, 1L), (1, 64, 96), (127, 33, 5), (128, 64, 64), (129, 64, 7), (300, 129, 65), (700, 48, 176),
            (0, 3, 4), (5, 0, 4), (5, 3, 0),
        })
        {
            data.Add(ScalarType.Float32, rows, inner, columns);
            data.Add(ScalarType.Float64, rows, inner, columns);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void Products_agree_across_threads_and_implementations(
        ScalarType dtype, long rows, long inner, long columns)
    {
        var a_MK = Assertions.Random(1, dtype, rows, inner);
        foreach (var transposeB in new[] { false, true })
        {
            var b = transposeB
                ? Assertions.Random(2, dtype, columns, inner)
                : Assertions.Random(2, dtype, inner, columns);
            using var alone = new MathPool(1);
            var expected_MN = native.MatMul(a_MK, b, transposeB, alone);

            var wide_MN = a_MK.to(float64).mm(transposeB ? b.to(float64).t() : b.to(float64));
            var tolerance = dtype == ScalarType.Float64 ? 1e-12 : 1e-4;
            Assertions.Values(wide_MN.data<double>().ToArray(), expected_MN, tolerance);
            foreach (var threads in new[] { 1, 2, 3, 7 })
            {
                using var pool = new MathPool(threads);
                var about = $"{dtype} {rows}x{inner}x{columns}, transposed {transposeB}, {threads} threads";
                Assertions.SameBits(expected_MN, native.MatMul(a_MK, b, transposeB, pool), about);
                Assertions.SameBits(expected_MN, plain.MatMul(a_MK, b, transposeB, pool), about + ", plain");
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16, 1e-4)]
    [InlineData(ScalarType.Float32, ScalarType.Float16, 1e-4)]
    [InlineData(ScalarType.Float64, ScalarType.BFloat16, 1e-12)]
    [InlineData(ScalarType.Float64, ScalarType.Float16, 1e-12)]
    public void A_right_side_of_half_the_width_multiplies_as_the_numbers_that_it_holds(
        ScalarType dtype, ScalarType kept, double tolerance)
    {
        foreach (var (rows, inner, columns) in new[] { (1L, 7L, 5L), (3, 64, 256), (130, 33, 257), (5, 129, 700), (2, 0, 3) })
        {
            foreach (var transposeB in new[] { false, true })
            {
                var a_MK = Assertions.Random(1, dtype, rows, inner);
                var b = Assertions.Random(2, kept, transposeB ? columns : inner, transposeB ? inner : columns);
                var exact = b.to(float64);
                var wide_MN = a_MK.to(float64).mm(transposeB ? exact.t() : exact);
                using var alone = new MathPool(1);
                var expected_MN = native.MatMul(a_MK, b, transposeB, alone);

                Assert.Equal(dtype, expected_MN.dtype);
                Assertions.Values(wide_MN.data<double>().ToArray(), expected_MN, tolerance);
                foreach (var threads in new[] { 2, 7 })
                {
                    using var pool = new MathPool(threads);
                    var about = $"{rows}x{inner}x{columns}, transposed {transposeB}, {threads} threads";
                    Assertions.SameBits(expected_MN, native.MatMul(a_MK, b, transposeB, pool), about);
                    Assertions.SameBits(expected_MN, plain.MatMul(a_MK, b, transposeB, pool), about + ", plain");
                }
            }
        }
    }

    [Fact]
    public void A_tile_is_the_product_of_its_rows_alone()
    {
        var a_MK = Assertions.Random(3, float32, 300, 77);
        var b_KN = Assertions.Random(4, float32, 77, 50);
        using var pool = new MathPool(2);

        var product_MN = native.MatMul(a_MK, b_KN, false, pool);

        Assertions.SameBits(a_MK.narrow(0, 256, 44).mm(b_KN), product_MN.narrow(0, 256, 44));
        Assertions.SameBits(a_MK.narrow(0, 128, 128).mm(b_KN), product_MN.narrow(0, 128, 128));
    }

    [Fact]
    public void Products_are_not_recorded()
    {
        var a = ones([3, 3], requires_grad: true);
        using var pool = new MathPool(1);

        Assert.False(native.MatMul(a, a, false, pool).requires_grad);
        Assert.False(plain.MatMul(a, a, true, pool).requires_grad);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Shapes_that_do_not_fit_are_named(bool transposeB)
    {
        using var pool = new MathPool(1);
        foreach (var kernels in new[] { native, plain })
        {
            var error = Assert.Throws<ArgumentException>(
                () => kernels.MatMul(zeros(2, 3), zeros(4, 5), transposeB, pool));
            Assert.Contains("[2, 3] Float32 times [4, 5] Float32", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => kernels.MatMul(zeros(3), zeros(3, 3), transposeB, pool));
            Assert.Throws<ArgumentException>(
                () => kernels.MatMul(zeros(3, 3), zeros(3, 3, dtype: float64), transposeB, pool));
            Assert.Throws<ArgumentException>(
                () => kernels.MatMul(zeros(3, 3, dtype: bfloat16), zeros(3, 3), transposeB, pool));
            Assert.Throws<ArgumentException>(
                () => kernels.MatMul(zeros(3, 3, dtype: bfloat16), zeros(3, 3, dtype: bfloat16), transposeB, pool));
        }
    }

    [Fact]
    public void Foreign_memory_is_seen_without_a_copy_and_the_plain_version_copies_it()
    {
        var memory = GCHandle.Alloc(new[] { 1f, 2f, 3f, 4f, 5f, 6f }, GCHandleType.Pinned);
        try
        {
            var address = memory.AddrOfPinnedObject();
            var seen = native.FromMemory(address, [2, 3], float32);
            var copied = plain.FromMemory(address, [2, 3], float32);
            Assertions.SameBits(seen, copied);

            ((float[])memory.Target!)[5] = 60;
            Assert.Equal(60f, seen.data<float>()[1, 2]);
            Assert.Equal(6f, copied.data<float>()[1, 2]);
            Assert.Equal([0L, 3L], plain.FromMemory(address, [0, 3], float32).shape);
        }
        finally
        {
            memory.Free();
        }
    }
}
