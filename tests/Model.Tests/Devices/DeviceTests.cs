using MoR.Model.Backbone;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Devices;

/// <summary>
/// The device that MOR_TEST_DEVICE names, in float32, beside this CPU in float64, which the formulas' own tests hold to a
/// reference. deploy/gpu-check.sh sets it to a GPU.
/// </summary>
public sealed class DeviceTests
{
    private const string Everything = "mor balance=0.5 main=0.5 z=0.05 jitter=0.1 dropout=0.2 shards=3";

    [Theory]
    [InlineData("none")]
    [InlineData("topk scope=linear")]
    [InlineData("mor scope=dispatch shards=2")]
    [InlineData("mor scope=block m=2 mixing=logit")]
    public async Task The_device_computes_the_logits(string adapter)
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse(adapter, 2);
        using var exact = new TestModel(tiny.Folder, spec, ScalarType.Float64);
        using var model = new TestModel(tiny.Folder, spec, WeightTypes.All(float32), device: TestDevice.Current);
        exact.Randomise(seed: 61);
        model.Randomise(seed: 61);
        var tokens = tiny.Tokens(12, seed: 5);

        Agreement.Within(1e-4, await exact.LogitsAsync(tokens), await model.LogitsAsync(tokens), "logits");
    }

    [Fact]
    public async Task The_device_computes_logits_from_matrices_in_two_bytes()
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse("topk", 2);
        var types = new WeightTypes(float32, bfloat16);
        using var host = new TestModel(tiny.Folder, spec, types);
        using var model = new TestModel(tiny.Folder, spec, types, device: TestDevice.Current);
        host.Randomise(seed: 62);
        model.Randomise(seed: 62);
        var tokens = tiny.Tokens(12, seed: 6);

        Agreement.Within(1e-4, await host.LogitsAsync(tokens), await model.LogitsAsync(tokens), "logits");
    }

    /// <summary>Losses, gradient norms and parameters: forward, backward, optimiser and random choices are the same.</summary>
    [Theory]
    [InlineData("none dropout=0.2")]
    [InlineData("topk scope=linear balance=0.5 shards=2")]
    [InlineData(Everything)]
    public async Task The_device_trains_as_the_CPU_does(string adapter)
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse(adapter, 2);
        using var exact = new TestTraining(tiny, spec, dtype: ScalarType.Float64);
        using var training = new TestTraining(tiny, spec, device: TestDevice.Current);
        var start = exact.Model.Values();

        var expected = await exact.RunAsync(5);
        var reports = await training.RunAsync(5);

        foreach (var (report, right) in reports.Zip(expected))
        {
            Assert.Equal(right.Loss, report.Loss, 1e-4 * right.Loss);
            Assert.Equal(right.GradientNorm, report.GradientNorm, 1e-3 * right.GradientNorm);
        }

        var end = exact.Model.Values();
        var moved = MeanDifference(start, end);
        Assert.True(moved > 1e-3, $"parameters moved by {moved}, so nothing was compared");
        Assert.InRange(MeanDifference(end, training.Model.Values()), 0, 1e-3 * moved);
    }

    [Fact]
    public async Task The_device_gives_the_same_bytes_twice()
    {
        using var tiny = new TinyBackbone();
        var spec = AdapterCase.Parse(Everything, 2);
        using var first = new TestTraining(tiny, spec, threads: 1, window: 1, device: TestDevice.Current);
        using var second = new TestTraining(tiny, spec, threads: 2, window: 2, device: TestDevice.Current);
        await first.RunAsync(3);
        await second.RunAsync(3);

        Assert.Equal(first.Bytes(), second.Bytes());
    }

    private static double MeanDifference(Dictionary<string, double[]> left, Dictionary<string, double[]> right) =>
        left.SelectMany(item => item.Value.Zip(right[item.Key], (one, other) => Math.Abs(one - other))).Average();
}
