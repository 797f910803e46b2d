using static TorchSharp.torch;

namespace MoR.Torch.Tests;

/// <summary>The fused products of a LoRA expert against the same in float64, and against the plain version.</summary>
public sealed class LoraKernelsTests : TensorTest
{
    private const double Scale = 1.75;
    private const int Rows = 37; // of which an expert reads some, neither all nor in order

    private static readonly ITensorKernels native = new LibtorchKernels();
    private static readonly ITensorKernels plain = new PlainKernels();

    /// <summary>Rows, rank, in, out: every block of ranks and every tail of lanes.</summary>
    public static TheoryData<int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 1 }, { 2, 8, 16, 32 }, { 3, 8, 512, 1408 }, { 31, 4, 130, 33 }, { 8, 3, 15, 17 }, { 5, 15, 48, 31 },
        { 0, 8, 16, 16 }, { 36, 67, 64, 100 }, { 7, 2, 100, 7 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_and_backward_are_those_of_float64(int count, int rank, int inputs, int outputs)
    {
        var test = new Case(count, rank, inputs, outputs);
        var (wide, narrow) = (test.Run(plain, float64), test.Run(native, float32));

        foreach (var (name, expected) in wide)
        {
            var size = Math.Max(1, expected.numel() == 0 ? 1 : expected.abs().max().item<double>());
            Assertions.Values(expected.data<double>().ToArray(), narrow[name], 2e-6 * size * Math.Sqrt(inputs + outputs + count));
        }
    }

    [Fact]
    public void Other_types_take_the_plain_version()
    {
        var test = new Case(9, 4, 20, 30);

        foreach (var (name, expected) in test.Run(plain, float64))
        {
            Assertions.SameBits(expected, test.Run(native, float64)[name], name);
        }
    }

    [Fact]
    public void A_row_is_computed_the_same_whoever_is_beside_it()
    {
        var (together, alone) = (new Case(21, 8, 77, 50), new Case(21, 8, 77, 50));
        var all = together.Run(native, float32);
        for (var row = 0; row < 21; row++)
        {
            var one = alone.Run(native, float32, only: row);

            var (input, output) = (together.InputGradient[row], together.Output[row]);
            Assertions.SameBits(all["delta"].narrow(0, output, 1), one["delta"].narrow(0, output, 1), $"row {row}");
            Assertions.SameBits(all["dx"].narrow(0, input, 1), one["dx"].narrow(0, input, 1), $"dx of row {row}");
            Assertions.SameBits(all["dgates"].narrow(0, row, 1), one["dgates"], $"gate of row {row}");
        }
    }

    [Fact]
    public void Rows_and_shapes_that_do_not_fit_are_named()
    {
        var x = zeros(4, 3);
        var gates = zeros(1);

        var row = Assert.Throws<TorchException>(() => native.AddLora(
            zeros(4, 5), x, zeros(2, 3), zeros(5, 2), new LoraRows([4], [0], [0], gates), 1));
        var shape = Assert.Throws<TorchException>(() => native.AddLora(
            zeros(4, 5), x, zeros(2, 7), zeros(5, 2), new LoraRows([0], [0], [0], gates), 1));

        Assert.Contains("x_rows holds 4 of 4", row.Message, StringComparison.Ordinal);
        Assert.Contains("expected contiguous float32 [-1, 7]", shape.Message, StringComparison.Ordinal);
    }

    /// <summary>An expert over some rows of an input that others read too.</summary>
    private sealed class Case(int count, int rank, int inputs, int outputs)
    {
        public long[] Input { get; } = [.. Enumerable.Range(0, count).Select(i => (long)(((i * 5) + 3) % Rows))];

        public long[] InputGradient { get; } = [.. Enumerable.Range(0, count).Select(i => (long)(((i * 4) + 2) % Rows))];

        public long[] Output { get; } = [.. Enumerable.Range(0, count).Select(i => (long)(((i * 7) + 1) % Rows))];

        /// <summary>Everything that the kernels compute, for all rows or for one.</summary>
        public Dictionary<string, Tensor> Run(ITensorKernels kernels, ScalarType dtype, int? only = null)
        {
            // Drawn in float32, so that both types have the same numbers.
            Tensor Of(int seed, params long[] shape) => Assertions.Random(seed, float32, shape).to(dtype);
            var (x, a, b, g) = (Of(1, Rows, inputs), Of(2, rank, inputs), Of(3, outputs, rank), Of(4, Rows, outputs));
            var (delta, dX, gates) = (Of(5, Rows, outputs), Of(6, Rows, inputs), Of(7, count));
            var rows = only is { } row
                ? new LoraRows([Input[row]], [InputGradient[row]], [Output[row]], gates.narrow(0, row, 1))
                : new LoraRows(Input, InputGradient, Output, gates);

            kernels.AddLora(delta, x, a, b, rows, Scale);
            var (dU, h, dGates) = kernels.LoraBackward(dX, x, g, a, b, rows, Scale);
            var (dA, dB) = kernels.LoraParameterGradients(dU, h, x, g, rows);
            return new()
            {
                ["delta"] = delta,
                ["dx"] = dX,
                ["du"] = dU,
                ["h"] = h,
                ["dgates"] = dGates,
                ["da"] = dA,
                ["db"] = dB,
            };
        }
    }
}
