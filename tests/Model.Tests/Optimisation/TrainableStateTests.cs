using MoR.Model.Optimisation;
using MoR.Model.Parameters;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Optimisation;

/// <summary>Law 2: a step's effect is applied once and whole, or not at all.</summary>
public sealed class TrainableStateTests : IDisposable
{
    private const string Site = "layers.0.self_attn.qkv";
    private readonly TinyBackbone _tiny = new();
    private readonly TestModel _model;
    private readonly AdamW _optimiser;
    private readonly TrainableState _state;

    public TrainableStateTests()
    {
        _model = new TestModel(_tiny.Folder, AdapterCase.Parse("topk", 2), ScalarType.Float64);
        _model.Randomise(seed: 1);
        _optimiser = new AdamW(_model.Parameters, new AdamWOptions(), _model.Pool);
        var schedule = new LearningRateSchedule { Peak = 0.1, Steps = 10, WarmupSteps = 0, Decay = DecayShape.Linear };
        _state = new TrainableState(_model.Parameters, _optimiser, schedule);
    }

    public void Dispose()
    {
        _state.Dispose();
        _optimiser.Dispose();
        _model.Dispose();
        _tiny.Dispose();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_skips_the_step_on_the_record(double value)
    {
        Commit(1, Delta(1, [1, 2, 3, 4]));
        var (parameters, moments, updates) = (_model.Bytes(), Moments(), _optimiser.Updates);

        var report = Commit(2, Delta(1, [1, 1, 1, 1]), Delta(value, [5, 5, 5, 5]));

        Assert.True(report.Skipped);
        Assert.False(double.IsFinite(report.GradientNorm));
        Assert.Equal(2, _state.Version);
        Assert.Equal(parameters, _model.Bytes());
        Assert.Equal(moments, Moments());
        Assert.Equal(updates, _optimiser.Updates);
        Assert.Equal([1L, 2, 3, 4], Load());

        var next = Commit(3, Delta(1, [1, 0, 0, 0]));
        Assert.False(next.Skipped);
        Assert.NotEqual(parameters, _model.Bytes());
        Assert.Equal([2L, 2, 3, 4], Load());
    }

    [Fact]
    public void Micro_batches_are_summed_and_reported()
    {
        var report = Commit(1, Delta(1, [1, 2, 3, 4]), Delta(2, [10, 0, 0, 0]));

        Assert.Equal(1, report.Step);
        Assert.Equal(0.5, report.Loss);
        Assert.Equal(0.2, report.AuxiliaryLosses["balance"], 1e-15);
        Assert.Equal([3.0, 5.0], report.Statistics[$"{Site}.main"]);
        Assert.Equal([11L, 2, 3, 4], report.Load[Site]);
        Assert.Equal(0.09, report.LearningRate, 1e-15);
        Assert.Equal(3 * Math.Sqrt(_model.Parameters.Layout.Length), report.GradientNorm, 1e-9);
        Assert.Equal(0.1, Commit(2, Delta(1, [0, 0, 0, 0])).AuxiliaryLosses["balance"]);
    }

    [Fact]
    public void What_is_discarded_never_was()
    {
        var before = _model.Bytes();
        _state.Accumulate(Delta(5, [9, 9, 9, 9]));
        _state.Discard();

        Assert.Equal(before, _model.Bytes());
        Assert.Equal(0, _state.Version);
        Assert.Empty(_state.RouterState);
        var report = Commit(1, Delta(1, [1, 1, 1, 1]));
        Assert.Equal([1L, 1, 1, 1], report.Load[Site]);
        Assert.Equal(0.25, report.Loss);
    }

    [Fact]
    public void A_restored_state_goes_on()
    {
        using var load = tensor(new long[] { 100, 0, 0, 0 });
        _state.Restore(7, new Dictionary<string, Tensor> { [$"{Site}.load"] = load.clone() });

        Commit(8, Delta(1, [1, 1, 1, 1]));

        Assert.Equal(8, _state.Version);
        Assert.Equal([101L, 1, 1, 1], Load());
    }

    private StepReport Commit(long step, params MicroBatchDelta[] deltas)
    {
        foreach (var delta in deltas)
        {
            _state.Accumulate(delta);
        }

        return _state.Commit(step);
    }

    private MicroBatchDelta Delta(double gradient, long[] load)
    {
        var values = new ParameterVector(_model.Parameters.Layout, ScalarType.Float64, CPU);
        values.Values.fill_(gradient);
        return new MicroBatchDelta(values)
        {
            Loss = 0.25,
            AuxiliaryLosses = new Dictionary<string, double> { ["balance"] = 0.1 },
            RouterState = new Dictionary<string, Tensor> { [$"{Site}.load"] = tensor(load) },
            Statistics = new Dictionary<string, double[]> { [$"{Site}.main"] = [1.5, 2.5] },
        };
    }

    private long[] Load() => _state.RouterState[$"{Site}.load"].data<long>().ToArray();

    private byte[] Moments() =>
        [.. _optimiser.FirstMoment.Values.bytes, .. _optimiser.SecondMoment.Values.bytes];
}
