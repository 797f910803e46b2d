using MoR.Model.Backbone;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Segments;

public sealed class DropoutTests : IDisposable
{
    private static readonly MicroBatchContext Context =
        new() { ShardVersion = 0, Training = true, Seed = 3, Step = 5, Position = 1 };

    private readonly TinyBackbone _tiny = new();
    private readonly TestModel _model;

    public DropoutTests() =>
        _model = new TestModel(_tiny.Folder, AdapterCase.Parse("mor dropout=0.25 jitter=0.5", 2), ScalarType.Float64);

    public void Dispose()
    {
        _model.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public void A_quarter_is_dropped_and_the_rest_is_scaled_up()
    {
        var mask = Mask(Context, rows: 500);

        Assert.Equal([0.0, (float)(1 / 0.75)], mask.Distinct().Order());
        Assert.InRange(mask.Count(value => value == 0) / (double)mask.Length, 0.23, 0.27);
    }

    [Fact]
    public void The_mask_depends_on_its_place_alone()
    {
        var mask = Mask(Context, rows: 8);

        Assert.Equal(mask, Mask(Context, rows: 8));
        Assert.Equal(mask, Mask(Context, rows: 20)[..mask.Length]);
        Assert.NotEqual(mask, Mask(Context with { Seed = 4 }, rows: 8));
        Assert.NotEqual(mask, Mask(Context with { Step = 6 }, rows: 8));
        Assert.NotEqual(mask, Mask(Context with { Position = 0 }, rows: 8));
        Assert.NotEqual(mask, Mask(Context, rows: 8, Site.GateUp));
        Assert.Equal(8, mask.Chunk(16).DistinctBy(row => string.Join(' ', row)).Count());
    }

    [Fact]
    public async Task Neither_dropout_nor_jitter_reaches_the_backbone()
    {
        _model.Parameters.Initialise(seed: 1);
        var batch = PackedBatch.ForPrediction([(_tiny.Tokens(12, 1), 1)]);

        Assert.Equal(await LossAsync(batch, Context), await LossAsync(batch, MicroBatchContext.Inference(0)));
    }

    [Fact]
    public async Task Evaluation_drops_nothing()
    {
        _model.Randomise(seed: 1);
        var batch = PackedBatch.ForPrediction([(_tiny.Tokens(12, 1), 1)]);
        var reference = new ReferenceModel(_tiny.Config, _tiny.Values, _model.Model.Layout.Spec, _model.Values());

        Assert.Equal(11 * reference.Nll(_tiny.Tokens(12, 1)), await LossAsync(batch, MicroBatchContext.Inference(0)), 1e-9);
        Assert.NotEqual(await LossAsync(batch, Context), await LossAsync(batch, MicroBatchContext.Inference(0)), 1e-3);
    }

    private async Task<double> LossAsync(PackedBatch batch, MicroBatchContext context)
    {
        using var microBatch = new LlamaMicroBatch(_model.Model, batch, context);
        await _model.Runner.ForwardAsync(microBatch, CancellationToken.None);
        return microBatch.Head.Loss;
    }

    private double[] Mask(MicroBatchContext context, int rows, Site site = Site.Qkv)
    {
        using var scope = NewDisposeScope();
        var x_TI = zeros([rows, 16], float64);
        return Dropout.Mask(_model.Model, context, new DispatchPoint(1, site), x_TI).data<double>().ToArray();
    }
}
