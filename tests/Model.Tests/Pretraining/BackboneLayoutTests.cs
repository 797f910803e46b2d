using MoR.Model.Optimisation;
using MoR.Model.Parameters;
using MoR.Model.Pretraining;
using MoR.Model.Tests.Reference;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Pretraining;

public sealed class BackboneLayoutTests
{
    private const double Deviation = 0.02;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_tensor_of_the_folder_has_its_place_and_shape(bool tied)
    {
        using var tiny = new TinyBackbone(layers: 3, tied: tied);
        var layout = new BackboneLayout(tiny.Config, Deviation);

        Assert.Equal(tiny.Shapes.OrderBy(Name), layout.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => parameter.Shape).OrderBy(Name));
        Assert.Equal(tiny.Values.Values.Sum(values => (long)values.Length), layout.TrainedCount);
        Assert.All(
            layout.Parameters.Zip(layout.Parameters.Skip(1)),
            pair => Assert.True(pair.First.Offset + pair.First.Count <= pair.Second.Offset, pair.Second.Name));

        static string Name(KeyValuePair<string, long[]> item) => item.Key;
    }

    [Fact]
    public void Weights_start_normal_with_smaller_residual_outputs_and_norms_start_at_one()
    {
        using var tiny = new TinyBackbone(layers: 8);
        using var backbone = new BackboneParameters(new BackboneLayout(tiny.Config, Deviation), float32, CPU);
        backbone.Vector.Initialise(seed: 3);
        var values = TestModel.ValuesOf(backbone.Vector);

        foreach (var (name, start) in values)
        {
            if (name.Contains("norm", StringComparison.Ordinal))
            {
                Assert.All(start, value => Assert.Equal(1, value));
                continue;
            }

            var isResidual = name.Contains("o_proj", StringComparison.Ordinal)
                || name.Contains("down_proj", StringComparison.Ordinal);
            var expected = isResidual ? Deviation / 4 : Deviation; // √(2 · 8) = 4

            // The sample deviation of n values varies by about 1/√(2n) of itself: five times that is no luck.
            var deviation = Math.Sqrt(start.Average(value => value * value));
            Assert.InRange(deviation / expected, 1 - (5 / Math.Sqrt(2.0 * start.Length)), 1 + (5 / Math.Sqrt(2.0 * start.Length)));
        }

        Assert.Equal(values.Count - 17, values.Where(item => !item.Key.Contains("norm", StringComparison.Ordinal))
            .DistinctBy(item => item.Value[0]).Count());
    }

    [Fact]
    public void Matrices_decay_and_norms_do_not()
    {
        using var tiny = new TinyBackbone();
        using var pool = new MathPool(2);
        using var backbone = new BackboneParameters(new BackboneLayout(tiny.Config, Deviation), float64, CPU);
        backbone.Vector.Initialise(seed: 3);
        using var optimiser = new AdamW(backbone.Vector, new AdamWOptions { WeightDecay = 0.5 }, pool);
        var before = TestModel.ValuesOf(backbone.Vector);

        // A gradient of zero moves nothing, so what is left is the decay.
        using var gradient = new ParameterVector(backbone.Layout, float64, CPU);
        optimiser.Update(gradient.Values, 0, learningRate: 0.1);

        foreach (var (name, values) in TestModel.ValuesOf(backbone.Vector))
        {
            var factor = name.Contains("norm", StringComparison.Ordinal) ? 1 : 1 - (0.1 * 0.5);
            Agreement.Within(1e-15, [.. before[name].Select(value => value * factor)], values, name);
        }
    }
}
