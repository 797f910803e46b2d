using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Torch.Tests;

/// <summary>
/// The parts of a block against autograd over their formulas in float64; the fused versions in float32, the plain ones in
/// float64.
/// </summary>
public sealed class TransformerKernelsTests : TensorTest
{
    private const double Epsilon = 1e-5;

    private static readonly LibtorchKernels kernels = new();

    private static readonly MathPool pool = new(2);

    /// <summary>Rows and width: tails of lanes, more rows than a tile, none.</summary>
    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 3, 15 }, { 2, 16 }, { 130, 33 }, { 257, 512 }, { 0, 8 } };

    /// <summary>Lengths of the sequences, query heads, key/value heads, head width, window.</summary>
    public static TheoryData<int[], int, int, int, int?> Attentions => new()
    {
        { [1], 1, 1, 2, null },
        { [27, 1, 40], 4, 4, 32, null },
        { [64, 65], 4, 2, 16, null },
        { [130, 3], 6, 2, 10, null },
        { [200], 2, 1, 64, 7 },
        { [70, 5], 2, 2, 8, 1 },
        { [0, 9], 2, 2, 8, 64 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Norm(int rows, int width)
    {
        var (h, weight, dX, carried) = (Of(1, rows, width), Of(2, width), Of(3, rows, width), Of(4, rows, width));

        Check(
            [h],
            leaves =>
            {
                var x = leaves[0] * (leaves[0].square().mean([-1], keepdim: true) + Epsilon).rsqrt() * weight;
                return [(x, dX), (leaves[0] * 1, carried)];
            },
            values =>
            {
                var typed = (Tensor tensor) => tensor.to(values[0].dtype);
                var (x, inverse) = kernels.RmsNorm(values[0], typed(weight), Epsilon, pool);
                var dH = kernels.RmsNormBackward(typed(dX), typed(carried), values[0], inverse, typed(weight), pool);
                var alone = kernels.RmsNormBackward(typed(dX), null, values[0], inverse, typed(weight), pool);
                Assertions.Values(Doubles(dH), alone + typed(carried), 1e-5);
                return ([x], [dH]);
            },
            size: 1);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SwiGlu(int rows, int width)
    {
        var (gate, up, dY) = (Of(1, rows, width) * 30, Of(2, rows, width), Of(3, rows, width));

        Check(
            [gate, up],
            leaves => [(leaves[0] * leaves[0].sigmoid() * leaves[1], dY)],
            values =>
            {
                var y = kernels.SwiGlu(values[0], values[1], pool);
                var (dGate, dUp) = kernels.SwiGluBackward(dY.to(y.dtype), values[0], values[1], pool);
                return ([y], [dGate, dUp]);
            },
            size: 30);
    }

    [Theory]
    [MemberData(nameof(Attentions))]
    public void Attention(int[] lengths, int heads, int groups, int width, int? window)
    {
        var shape = ShapeOf(lengths, heads, groups, width, window);
        var tokens = shape.Starts[^1];
        var (q, k, v) = (Of(1, tokens, heads * width) * 3, Of(2, tokens, groups * width), Of(3, tokens, groups * width));
        var dMixed = Of(4, tokens, heads * width);

        Check(
            [q, k, v],
            leaves => [(Dense(shape, leaves[0], leaves[1], leaves[2]), dMixed)],
            values =>
            {
                var (mixed, logSums) = kernels.Attention(shape, values[0], values[1], values[2], pool);
                var (dQ, dK, dV) = kernels.AttentionBackward(
                    shape, dMixed.to(mixed.dtype), mixed, logSums, values[0], values[1], values[2], pool);
                return ([mixed], [dQ, dK, dV]);
            },
            size: 4);
    }

    [Fact]
    public void Rotation_turns_pairs_and_back_undoes_it()
    {
        const int Heads = 3, Half = 5, Rows = 140;
        var x = Of(1, Rows, Heads * 2 * Half);
        var angles = Of(2, Rows, Half) * 3;
        foreach (var dtype in new[] { float32, float64 })
        {
            var (cos, sin) = (angles.cos().to(dtype), angles.sin().to(dtype));
            var turned = x.to(dtype).clone();
            kernels.Rotate(turned, cos, sin, Heads, back: false, pool);
            for (var pair = 0; pair < Half; pair++)
            {
                var one = x.view(Rows, Heads, 2, Half).select(3, pair);
                var (a, b) = (one.select(2, 0), one.select(2, 1));
                var (c, s) = (angles.select(1, pair).cos().unsqueeze(1), angles.select(1, pair).sin().unsqueeze(1));
                var actual = turned.view(Rows, Heads, 2, Half).select(3, pair);
                Assertions.Values(Doubles((a * c) - (b * s)), actual.select(2, 0), 1e-6);
                Assertions.Values(Doubles((b * c) + (a * s)), actual.select(2, 1), 1e-6);
            }

            kernels.Rotate(turned, cos, sin, Heads, back: true, pool);
            Assertions.Values(Doubles(x), turned, 1e-6);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(40, 258)]
    [InlineData(3, 4096)]
    public void Next_token(int rows, int vocabulary)
    {
        var logits = Of(1, rows, vocabulary) * 20;
        int[] targets = [.. Enumerable.Range(0, rows).Select(row => row * 31 % vocabulary)];
        var index = tensor(targets.Select(target => (long)target).ToArray()).unsqueeze(1);
        var logProbabilities = nn.functional.log_softmax(logits, -1);
        var expected = Doubles(logProbabilities.gather(1, index));
        var likeliest = logits.argmax(1, keepdim: true).eq(index).data<bool>().ToArray();
        foreach (var dtype in new[] { float32, float64 })
        {
            var spoilt = logits.to(dtype).clone();

            var alone = kernels.NextToken(logits.to(dtype).clone(), targets, 0);
            var scores = kernels.NextToken(spoilt, targets, 0.25);

            Assert.Equal(scores.LogLikelihoods, alone.LogLikelihoods);
            Assert.Equal(likeliest, scores.Hits);
            Assert.All(expected.Zip(scores.LogLikelihoods), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
            var gradient = logProbabilities.exp();
            gradient.scatter_add_(1, index, -ones_like(index).to(float64));
            Assertions.Values(Doubles(gradient * 0.25), spoilt, 1e-6);
        }
    }

    [Fact]
    public void Of_equally_likely_tokens_the_first_is_the_hit()
    {
        var logits = tensor(new[] { 1f, 5f, 5f, 0f, 1f, 5f, 5f, 0f }, [2, 4]);

        Assert.Equal([true, false], kernels.NextToken(logits, [1, 2], 0).Hits);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_logit_that_is_no_number_is_not_hidden(float value)
    {
        for (var at = 0; at < 37; at += 6)
        {
            var row = new float[37];
            row[at] = value;
            var logits = tensor(row, [1, 37]);

            Assert.True(double.IsNaN(kernels.NextToken(logits, [3], 1).LogLikelihoods[0]), $"at {at}");
            Assert.True(float.IsNaN(logits.data<float>()[at]), $"at {at}");
        }
    }

    [Fact]
    public void A_logit_of_minus_infinity_is_never_chosen()
    {
        var logits = tensor(new[] { float.NegativeInfinity, 0, 0 }, [1, 3]);

        var scores = kernels.NextToken(logits, [1], 1);

        Assert.Equal(-Math.Log(2), scores.LogLikelihoods[0], 1e-6);
        Assertions.Values([0, -0.5, 0.5], logits);
    }

    [Fact]
    public void Rows_are_added_where_they_belong_and_repeated_ones_twice()
    {
        var (y, x) = (Of(1, 6, 35).to(float32), Of(2, 4, 35).to(float32));
        var expected = y.clone();
        expected.index_add_(0, tensor(new long[] { 5, 0, 5, 2 }), x, 1);

        kernels.AddRows(y, [5, 0, 5, 2], x);

        Assertions.SameBits(expected, y);
        var error = Assert.Throws<TorchException>(() => kernels.AddRows(y, [0, 1, 2, 6], x));
        Assert.Contains("rows holds 6 of 6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adam_updates_a_part_as_in_float64()
    {
        const long Length = 301, Start = 7, Count = 250, Decayed = 100;
        var factors = new AdamWFactors(0.5, 0.9, 0.999, 1 - 1e-3, 1 / Math.Sqrt(1 - Math.Pow(0.999, 3)), 1e-8, 2e-3);
        Tensor[] Of4(ScalarType dtype) => [.. Enumerable.Range(1, 4).Select(seed => Of(seed, Length).to(dtype))];
        var (narrow, wide) = (Of4(float32), Of4(float64));
        foreach (var values in new[] { narrow, wide })
        {
            values[2].copy_(values[2].abs());
            kernels.UpdateAdamW(values[0], values[1], values[2], values[3], Start, Count, Decayed, factors);
        }

        // Written out once more, value by value.
        var before = Of4(float64).Select(tensor => tensor.data<double>().ToArray()).ToArray();
        for (var i = 0; i < Length; i++)
        {
            var touched = i is >= (int)Start and < (int)(Start + Count);
            var g = before[3][i] * 0.5;
            var m = touched ? (0.9 * before[1][i]) + (0.1 * g) : before[1][i];
            var v = touched ? (0.999 * Math.Abs(before[2][i])) + (0.001 * g * g) : Math.Abs(before[2][i]);
            var decayed = before[0][i] * (i < Decayed ? factors.Decay : 1);
            var value = touched ? decayed - (factors.Rate * m / ((Math.Sqrt(v) * factors.RootCorrection) + 1e-8)) : before[0][i];
            Assert.Equal(value, wide[0].data<double>()[i], 1e-12);
            Assert.Equal(value, narrow[0].data<float>()[i], 1e-6);
            Assert.Equal(m, narrow[1].data<float>()[i], 1e-6);
            Assert.Equal(v, narrow[2].data<float>()[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 50)]
    public void Squares_are_summed_in_float64(long start, long count)
    {
        var values = Of(1, 64) * 1e20;
        var expected = Doubles(values.to(float32)).Skip((int)start).Take((int)count).Sum(value => value * value);

        Assert.Equal(expected, kernels.SumOfSquares(values.to(float32), start, count), expected * 1e-14);
        Assert.Equal(expected, kernels.SumOfSquares(values, start, count), expected * 1e-6);
    }

    [Fact]
    public void Neither_threads_nor_neighbours_change_a_bit()
    {
        using var one = new MathPool(1);
        using var many = new MathPool(5);
        int[] lengths = [33, 1, 129, 64];
        var shape = ShapeOf(lengths, 4, 2, 24, null);
        var tokens = shape.Starts[^1];
        var (q, k, v, d) = (
            Of(1, tokens, 96).to(float32), Of(2, tokens, 48).to(float32), Of(3, tokens, 48).to(float32), Of(4, tokens, 96).to(float32));

        var single = Run(shape, q, k, v, d, one);
        var shared = Run(shape, q, k, v, d, many);

        foreach (var (left, right) in single.Zip(shared))
        {
            Assertions.SameBits(left, right);
        }

        var (start, length) = (shape.Starts[2], lengths[2]);
        Tensor Part(Tensor all) => all.narrow(0, start, length).clone();
        var alone = Run(ShapeOf([length], 4, 2, 24, null), Part(q), Part(k), Part(v), Part(d), one);
        foreach (var (all, own) in single.Zip(alone))
        {
            Assertions.SameBits(Part(all), own);
        }

        static Tensor[] Run(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor d, MathPool pool)
        {
            var (mixed, logSums) = kernels.Attention(shape, q, k, v, pool);
            var (dQ, dK, dV) = kernels.AttentionBackward(shape, d, mixed, logSums, q, k, v, pool);
            return [mixed, dQ, dK, dV];
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        var error = Assert.Throws<TorchException>(() => kernels.RmsNorm(zeros(4, 3), zeros(5), Epsilon, pool));

        Assert.Contains("weight is [5] of Float, expected contiguous float32 [3]", error.Message, StringComparison.Ordinal);
    }

    private static AttentionShape ShapeOf(int[] lengths, int heads, int groups, int width, int? window)
    {
        int[] starts = [0, .. lengths.Select((_, i) => lengths[..(i + 1)].Sum())];
        return new AttentionShape(starts, heads, groups, width, window);
    }

    /// <summary>softmax(q kᵀ / √C + mask) v, sequence by sequence, head by head.</summary>
    private static Tensor Dense(AttentionShape shape, Tensor q, Tensor k, Tensor v)
    {
        var rows = new List<Tensor>();
        for (var sequence = 0; sequence < shape.Sequences; sequence++)
        {
            var (start, length) = (shape.Starts[sequence], shape.Starts[sequence + 1] - shape.Starts[sequence]);
            var window = shape.Window ?? int.MaxValue;
            var unseen = Enumerable.Range(0, length * length).Select(i =>
            {
                var (query, key) = (i / length, i % length);
                return key > query || query - key >= window ? double.NegativeInfinity : 0;
            });
            var mask = tensor(unseen.ToArray(), [length, length]);
            var heads = Enumerable.Range(0, shape.Heads).Select(head =>
            {
                Tensor Of(Tensor all, int index) => all.narrow(0, start, length).narrow(1, index * shape.Width, shape.Width);
                var group = head / (shape.Heads / shape.Groups);
                var scores = Of(q, head).mm(Of(k, group).t()) / Math.Sqrt(shape.Width);
                return nn.functional.softmax(scores + mask, -1).mm(Of(v, group));
            });
            rows.Add(cat([.. heads], 1));
        }

        return cat(rows, 0);
    }

    /// <summary>Outputs and gradients of the kernel, in both types, against autograd over the formula in float64.</summary>
    private static void Check(
        Tensor[] inputs, Func<Tensor[], (Tensor Output, Tensor Gradient)[]> formula,
        Func<Tensor[], (Tensor[] Outputs, Tensor[] Gradients)> kernel, double size)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.detach().clone().requires_grad_())];
        var expected = formula(leaves);
        var gradients = autograd.grad(
            [.. expected.Select(pair => pair.Output)], leaves, [.. expected.Select(pair => pair.Gradient)], allow_unused: true);
        foreach (var (dtype, tolerance) in new[] { (float64, 1e-12), (float32, 2e-6) })
        {
            var (outputs, own) = kernel([.. inputs.Select(input => input.to(dtype))]);
            foreach (var (value, actual) in expected.Select(pair => pair.Output.detach()).Zip(outputs).Concat(gradients.Zip(own)))
            {
                Assertions.Values(Doubles(value), actual, tolerance * size * 8);
            }
        }
    }

    /// <summary>Numbers that float32 has too.</summary>
    private static Tensor Of(int seed, params long[] shape) => Assertions.Random(seed, float32, shape).to(float64);

    private static double[] Doubles(Tensor tensor) => tensor.detach().to(float64).contiguous().data<double>().ToArray();
}
