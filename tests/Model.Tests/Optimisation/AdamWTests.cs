using MoR.Cluster.Random;
using MoR.Model.Optimisation;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Optimisation;

public sealed class AdamWTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0)]
    [InlineData(0, 3)]
    [InlineData(0.05, 1)]
    public void Twenty_updates_are_those_of_the_algorithm(double weightDecay, double clip)
    {
        // More than one tile of 65,536 values, and not a whole number of them.
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("topk rank=64", 2), ScalarType.Float64);
        model.Randomise(seed: 1);
        var options = new AdamWOptions
        {
            WeightDecay = weightDecay,
            ClipNorm = clip,
            Beta1 = 0.8,
            Beta2 = 0.95,
            Epsilon = 1e-6,
        };
        using var optimiser = new AdamW(model.Parameters, options, model.Pool);
        var value = model.Parameters.Values.data<double>().ToArray();
        Assert.True(value.Length > 65536 && value.Length % 65536 != 0);
        var (first, second) = (new double[value.Length], new double[value.Length]);
        for (var step = 1; step <= 20; step++)
        {
            var gradient = Gradient(value.Length, (ulong)step);
            var norm = Math.Sqrt(gradient.Sum(g => g * g));
            var scale = clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1;
            for (var i = 0; i < value.Length; i++)
            {
                var g = gradient[i] * scale;
                first[i] = (0.8 * first[i]) + (0.2 * g);
                second[i] = (0.95 * second[i]) + (0.05 * g * g);
                var mean = first[i] / (1 - Math.Pow(0.8, step));
                var spread = second[i] / (1 - Math.Pow(0.95, step));
                value[i] -= 0.01 * weightDecay * value[i];
                value[i] -= 0.01 * mean / (Math.Sqrt(spread) + 1e-6);
            }

            using var given = tensor(gradient);
            Assert.Equal(1, optimiser.GradientNorm(given) / norm, 1e-13);
            optimiser.Update(given, optimiser.GradientNorm(given), 0.01);
        }

        Assert.Equal(20, optimiser.Updates);
        Agreement.Within(1e-12, value, model.Parameters.Values.data<double>().ToArray(), "parameters");
        Agreement.Within(1e-12, first, optimiser.FirstMoment.Values.data<double>().ToArray(), "first moment");
        Agreement.Within(1e-12, second, optimiser.SecondMoment.Values.data<double>().ToArray(), "second moment");
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_stepped_like_the_others()
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("none", 2), ScalarType.Float64);
        model.Randomise(seed: 1);
        using var optimiser = new AdamW(model.Parameters, new AdamWOptions { WeightDecay = 0.1 }, model.Pool);
        using var some = ones_like(model.Parameters.Values);
        using var none = zeros_like(model.Parameters.Values);
        optimiser.Update(some, optimiser.GradientNorm(some), 0.01);
        var before = model.Parameters.Values.data<double>().ToArray();

        optimiser.Update(none, optimiser.GradientNorm(none), 0.01);

        var after = model.Parameters.Values.data<double>().ToArray();
        var mean = 0.9 * 0.1 / (1 - (0.9 * 0.9));
        var spread = 0.999 * 0.001 / (1 - (0.999 * 0.999));
        Assert.Equal((before[0] * (1 - (0.01 * 0.1))) - (0.01 * mean / (Math.Sqrt(spread) + 1e-8)), after[0], 1e-12);
        Assert.Equal(0.09, optimiser.FirstMoment.Values.data<double>().ToArray()[0], 1e-15);
    }

    [Fact]
    public void Pieces_that_are_left_out_stay_as_they_are_and_the_others_are_updated_as_ever()
    {
        // A piece over the border of two tiles of 65,536 values, and one at the end.
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("topk rank=64", 2), ScalarType.Float64);
        var end = model.Parameters.Layout.Length;
        (long Start, long End)[] pieces = [(65_000, 66_000), (end - 100, end)];
        var (whole, cut) = (After([]), After(pieces));

        for (var vector = 0; vector < 3; vector++)
        {
            for (var i = 0L; i < end; i++)
            {
                var isLeftOut = pieces.Any(piece => i >= piece.Start && i < piece.End);
                Assert.Equal(isLeftOut ? cut.Before[vector][i] : whole.Now[vector][i], cut.Now[vector][i], 1e-15);
                Assert.True(isLeftOut || cut.Before[vector][i] != cut.Now[vector][i]);
            }
        }

        (double[][] Before, double[][] Now) After((long, long)[] untouched)
        {
            model.Randomise(seed: 1);
            using var optimiser = new AdamW(model.Parameters, new AdamWOptions { WeightDecay = 0.1 }, model.Pool);
            using var gradient = ones_like(model.Parameters.Values);
            optimiser.Update(gradient, 1, 0.01);
            var before = Values();
            optimiser.Update(gradient, 1, 0.01, untouched);
            return (before, Values());

            double[][] Values() =>
            [
                .. ((Tensor[])[model.Parameters.Values, optimiser.FirstMoment.Values, optimiser.SecondMoment.Values])
                    .Select(vector => vector.data<double>().ToArray()),
            ];
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_number_of_threads_changes_no_bit(int threads)
    {
        Assert.Equal(Bytes(threads: 2), Bytes(threads));

        byte[] Bytes(int threads)
        {
            using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("topk rank=64", 2), threads: threads);
            model.Randomise(seed: 1);
            using var optimiser = new AdamW(model.Parameters, new AdamWOptions { ClipNorm = 1 }, model.Pool);
            using var scope = NewDisposeScope();
            var gradient = tensor(Gradient((int)model.Parameters.Layout.Length, 1)).to(float32);
            optimiser.Update(gradient, optimiser.GradientNorm(gradient), 0.01);
            return model.Bytes();
        }
    }

    private static double[] Gradient(int length, ulong seed)
    {
        var random = new CounterRandom(seed, 2);
        var values = new double[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = (random.NextDouble() - 0.5) * (1 + (i % 5));
        }

        return values;
    }
}
