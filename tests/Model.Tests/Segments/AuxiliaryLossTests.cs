using MoR.Model.Backbone;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

public sealed class AuxiliaryLossTests
{
    [Fact]
    public async Task Losses_are_means_over_sites_and_tokens_of_the_step()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(
            tiny.Folder, AdapterCase.Parse("mor counts=2,4 k=2 m=2 balance=3 main=5 z=7", 2), ScalarType.Float64);
        model.Randomise(seed: 1);
        foreach (var parameter in model.Parameters.Layout.Parameters)
        {
            if (parameter.Name.Contains("router", StringComparison.Ordinal))
            {
                model.Set(parameter.Name, new double[parameter.Count]);
            }
        }

        var totals = new Dictionary<string, double>();
        PackedBatch[] step =
            [PackedBatch.ForPrediction([(tiny.Tokens(9, 1), 1)]), PackedBatch.ForPrediction([(tiny.Tokens(4, 2), 1)])];
        foreach (var (position, batch) in step.Index())
        {
            using var microBatch = new LlamaMicroBatch(model.Model, batch, new MicroBatchContext
            {
                ShardVersion = 0,
                Training = true,
                Step = 1,
                Position = position,
                StepTargets = 11,
                StepTokens = 11,
            });
            await model.Runner.ForwardAsync(microBatch, CancellationToken.None);
            foreach (var (name, value) in microBatch.AuxiliaryLosses)
            {
                totals[name] = totals.GetValueOrDefault(name) + value;
            }
        }

        // With all scores zero every probability is equal, so balance is 1 whatever was chosen, and logsumexp is log E.
        Assert.Equal(["balance", "main_balance", "z"], totals.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, totals["balance"], 1e-12);
        Assert.Equal(1, totals["main_balance"], 1e-12);
        Assert.Equal((Math.Pow(Math.Log(2), 2) + Math.Pow(Math.Log(4), 2)) / 2, totals["z"], 1e-12);
    }

    [Fact]
    public async Task Evaluation_has_none()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse("topk balance=1 z=1", 2));
        using var microBatch = new LlamaMicroBatch(
            model.Model, PackedBatch.ForPrediction([(tiny.Tokens(5, 1), 1)]), MicroBatchContext.Inference(0));

        await model.Runner.ForwardAsync(microBatch, CancellationToken.None);

        Assert.Empty(microBatch.AuxiliaryLosses);
    }
}
