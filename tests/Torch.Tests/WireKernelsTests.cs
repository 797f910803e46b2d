using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MoR.Torch.Tests;

/// <summary>Rows that travel: native, plain, and the rule itself in plain loops give the same bits.</summary>
public sealed class WireKernelsTests : TensorTest
{
    private static readonly ITensorKernels native = new LibtorchKernels();
    private static readonly ITensorKernels plain = new PlainKernels();

    public static TheoryData<WireType, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<WireType, int, int>();
            foreach (var wire in Enum.GetValues<WireType>())
            {
                foreach (var (rows, width) in ((int, int)[])[(1, 1), (3, 16), (5, 15), (7, 33), (2, 512), (4, 1409), (0, 8), (3, 0)])
                {
                    data.Add(wire, rows, width);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Native_and_plain_agree_bit_for_bit(WireType wire, int rows, int width)
    {
        var x = Values(rows, width);
        var expected = plain.EncodeRows(x, null, wire);

        var encoded = native.EncodeRows(x, null, wire);

        Assertions.SameBits(expected, encoded, "encoded");
        Assertions.SameBits(plain.DecodeRows(expected, wire), native.DecodeRows(encoded, wire), "decoded");
        Assertions.SameBits(Rounded(plain, x, wire), Rounded(native, x, wire), "rounded");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rounding_in_place_is_what_arrives(WireType wire, int rows, int width)
    {
        foreach (var kernels in (ITensorKernels[])[native, plain])
        {
            var x = Values(rows, width);
            var arrived = kernels.DecodeRows(kernels.EncodeRows(x, null, wire), wire);

            kernels.RoundRows(x, x, null, wire);

            Assertions.SameBits(arrived, x);
        }
    }

    [Theory]
    [InlineData(WireType.F32)]
    [InlineData(WireType.Bf16)]
    [InlineData(WireType.Int8)]
    public void Some_rows_are_taken_where_they_lie(WireType wire)
    {
        var x = Values(9, 37);
        long[] rows = [8, 0, 3, 3];
        var gathered = x.index_select(0, tensor(rows));
        foreach (var kernels in (ITensorKernels[])[native, plain])
        {
            var rounded = zeros(4, 37);
            kernels.RoundRows(rounded, x, rows, wire);

            Assertions.SameBits(kernels.EncodeRows(gathered, null, wire), kernels.EncodeRows(x, rows, wire));
            Assertions.SameBits(Rounded(kernels, gathered, wire), rounded);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Values_are_those_of_the_rule(WireType wire, int rows, int width)
    {
        var x = Values(rows, width);
        var values = x.data<float>().ToArray();
        var rounded = Rounded(native, x, wire).data<float>().ToArray();
        for (var row = 0; row < rows; row++)
        {
            var expected = Rule(values.AsSpan(row * width, width), wire);
            Assert.Equal(expected, rounded.AsSpan(row * width, width).ToArray());
        }
    }

    [Fact]
    public void Ties_go_to_the_even_neighbour()
    {
        var bf16 = tensor([1 + (1 / 256f), 1 + (3 / 256f), -1 - (1 / 256f), 3.39e38f], [1, 4]);
        var int8 = tensor([127f, 0.5f, 1.5f, -2.5f, 126.49999f], [1, 5]);

        Assert.Equal([1, 1 + (1 / 64f), -1, 3.3895314e38f], Rounded(native, bf16, WireType.Bf16).data<float>().ToArray());
        Assert.Equal([127, 0, 2, -2, 126], Rounded(native, int8, WireType.Int8).data<float>().ToArray());
    }

    [Fact]
    public void Special_rows_are_defined()
    {
        float[][] rows =
        [
            [0, -0f, 0], [1e-37f, -1e-37f, 0], [1, float.NaN, 2], [1, float.PositiveInfinity, 2], [float.NegativeInfinity, 0, 0],
            [float.MaxValue, -float.MaxValue, 1], [1.5e-36f, 0, -1.5e-36f],
        ];
        var x = tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, 3]);
        foreach (var kernels in (ITensorKernels[])[native, plain])
        {
            var encoded = kernels.EncodeRows(x, null, WireType.Int8);
            var bytes = encoded.bytes.ToArray().Chunk(7).ToArray();
            var scales = bytes.Select(row => MemoryMarshal.Read<float>(row)).ToArray();
            var arrived = Rounded(kernels, x, WireType.Int8).data<float>().ToArray().Chunk(3).ToArray();

            Assert.All(bytes[..2], row => Assert.Equal(new byte[7], row));
            Assert.All(bytes[2..5], row => Assert.Equal(new byte[3], row[4..]));
            Assert.All(scales[2..5], scale => Assert.True(float.IsNaN(scale)));
            Assert.All(arrived[2..5], row => Assert.All(row, value => Assert.True(float.IsNaN(value))));
            Assert.Equal([float.MaxValue / 127 * 127, -(float.MaxValue / 127 * 127), 0], arrived[5]);
            Assert.InRange(arrived[6][0], 1.49e-36f, 1.51e-36f);

            var bf16 = Rounded(kernels, x, WireType.Bf16).data<float>().ToArray().Chunk(3).ToArray();
            Assert.True(float.IsNaN(bf16[2][1]));
            Assert.Equal([1, float.PositiveInfinity, 2], bf16[3]);
            Assert.Equal([float.PositiveInfinity, float.NegativeInfinity, 1], bf16[5]);
        }
    }

    [Theory]
    [InlineData(WireType.F32)]
    [InlineData(WireType.Bf16)]
    [InlineData(WireType.Int8)]
    public void Wider_rows_are_rounded_as_float32_and_travel_exactly_unless_rounded(WireType wire)
    {
        var wide = Values(4, 20).to(float64) * 1.0000000001;

        var encoded = native.EncodeRows(wide, null, wire);
        var rounded = Rounded(native, wide, wire);

        Assertions.SameBits(plain.EncodeRows(wide, null, wire), encoded);
        Assert.Equal(float64, rounded.dtype);
        Assertions.SameBits(rounded, native.DecodeRows(encoded, wire).to(float64));
        Assertions.SameBits(wire == WireType.F32 ? wide : Rounded(native, wide.to(float32), wire).to(float64), rounded);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var x = Values(4, 3);

        var row = Assert.Throws<TorchException>(() => native.EncodeRows(x, [4], WireType.Bf16));
        var shape = Assert.Throws<TorchException>(() => native.RoundRows(zeros(3, 3), x, null, WireType.Int8));
        var type = Assert.Throws<TorchException>(() => native.DecodeRows(zeros(4, 9), WireType.Int8));

        Assert.Contains("rows holds 4 of 4", row.Message, StringComparison.Ordinal);
        Assert.Contains("expected contiguous float32 [4, 3]", shape.Message, StringComparison.Ordinal);
        Assert.Contains("rows that travel are [4, 9] of Float, expected 4 of 9 bytes", type.Message, StringComparison.Ordinal);
    }

    private static Tensor Rounded(ITensorKernels kernels, Tensor x, WireType wire)
    {
        var rounded = empty(x.shape, x.dtype);
        kernels.RoundRows(rounded, x, null, wire);
        return rounded;
    }

    private static float[] Rule(ReadOnlySpan<float> row, WireType wire)
    {
        var rounded = row.ToArray();
        if (wire == WireType.Bf16)
        {
            // The neighbours of a value are 2^-7 of its power of two apart.
            for (var i = 0; i < rounded.Length; i++)
            {
                var step = Math.ScaleB(1, Math.ILogB(rounded[i]) - 7);
                rounded[i] = rounded[i] == 0 ? 0 : (float)(Math.Round(rounded[i] / step, MidpointRounding.ToEven) * step);
            }
        }
        else if (wire == WireType.Int8)
        {
            var most = 0f;
            foreach (var value in row)
            {
                most = Math.Max(most, Math.Abs(value));
            }

            var scale = most / 127;
            for (var i = 0; i < rounded.Length; i++)
            {
                rounded[i] = most == 0 ? 0 : (sbyte)MathF.Round(rounded[i] / scale, MidpointRounding.ToEven) * scale;
            }
        }

        return rounded;
    }

    /// <summary>Rows of different sizes, the second of zeros.</summary>
    private static Tensor Values(int rows, int width)
    {
        var x = Assertions.Random(rows + (width * 31), float32, rows, width);
        for (var row = 0; row < rows; row++)
        {
            x.narrow(0, row, 1).mul_(row == 1 ? 0 : Math.Pow(10, (row * 3) - 6));
        }

        return x;
    }
}
