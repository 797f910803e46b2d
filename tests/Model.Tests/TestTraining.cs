using MoR.Cluster.Random;
using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Optimisation;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests;

/// <summary>Steps of training on random tokens, with everything that a run has but files and a command line.</summary>
internal sealed class TestTraining : IDisposable
{
    private const int MicroBatches = 3;
    private readonly TinyBackbone _tiny;
    private readonly AdamW _optimiser;
    private readonly TrainableState _state;
    private readonly StepEngine<StepReport> _engine;
    private readonly AdaptedModel _adapted;
    private readonly ulong _seed;

    /// <param name="tiny">The backbone.</param>
    /// <param name="spec">The adapter.</param>
    /// <param name="threads">Threads of the pool.</param>
    /// <param name="window">Micro-batches in flight.</param>
    /// <param name="math">Where mathematics runs; the pool unless given.</param>
    /// <param name="link">What stands between the engine and the in-process experts.</param>
    /// <param name="seed">Of parameters, data, dropout and jitter.</param>
    /// <param name="dtype">Type to compute in.</param>
    /// <param name="device">Where to compute; the CPU unless given.</param>
    /// <param name="recompute">Whether activations are computed again.</param>
    /// <param name="own">Makes a link that does without the in-process experts.</param>
    /// <param name="wire">How rows are rounded in process.</param>
    /// <param name="trainer">Makes what trains micro-batches, in place of this process.</param>
    public TestTraining(
        TinyBackbone tiny, AdapterSpec spec, int threads = 2, int window = 2, IMathExecutor? math = null,
        Func<IExpertLink, IExpertLink>? link = null, ulong seed = 42, ScalarType dtype = ScalarType.Float32,
        Device? device = null, bool recompute = false, Func<TestModel, IExpertLink>? own = null,
        WireType wire = WireType.F32, Func<TestModel, TrainableState, IMicroBatchTrainer>? trainer = null)
    {
        (_tiny, _seed) = (tiny, seed);
        Model = new TestModel(tiny.Folder, spec, WeightTypes.All(dtype), threads, math, device);
        Model.Randomise(seed);
        var options = new AdamWOptions { ClipNorm = 1, WeightDecay = 0.01 };
        _optimiser = new AdamW(Model.Parameters, options, Model.Pool);
        _state = new TrainableState(Model.Parameters, _optimiser, new LearningRateSchedule
        {
            Peak = 0.01,
            Steps = 30,
            WarmupSteps = 2,
            Decay = DecayShape.Cosine,
        });
        _adapted = Model.Model with { RouterState = _state.RouterState, Recompute = recompute };
        var inProcess = new InProcessExpertLink(Model.Math, new ShardParameters(Model.Parameters), 0, wire);
        _engine = new StepEngine<StepReport>(
            Model.Math, link?.Invoke(inProcess) ?? own?.Invoke(Model) ?? inProcess, _state, new NoFatalExit(), window,
            trainer?.Invoke(Model, _state));
    }

    public TestModel Model { get; }

    /// <summary>Shards that the next steps do without.</summary>
    public IReadOnlyList<int> Masked { get; set; } = [];

    /// <summary>The moments of AdamW, one behind the other.</summary>
    public (Dictionary<string, double[]> First, Dictionary<string, double[]> Second) Moments =>
        (TestModel.ValuesOf(_optimiser.FirstMoment), TestModel.ValuesOf(_optimiser.SecondMoment));

    /// <summary>Rows per expert so far, by site.</summary>
    public Dictionary<string, long[]> Load() => _state.RouterState.ToDictionary(
        item => item.Key, item => item.Value.cpu().data<long>().ToArray());

    /// <summary>Everything that a step changes, as bytes.</summary>
    public byte[] Bytes()
    {
        using var state = new MemoryStream();
        state.Write(Model.Bytes());
        state.Write(TestModel.BytesOf(_optimiser.FirstMoment.Values));
        state.Write(TestModel.BytesOf(_optimiser.SecondMoment.Values));
        foreach (var (_, value) in _state.RouterState.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            state.Write(TestModel.BytesOf(value));
        }

        return state.ToArray();
    }

    /// <summary>Runs steps and returns their reports.</summary>
    public async Task<IReadOnlyList<StepReport>> RunAsync(int steps)
    {
        var reports = new List<StepReport>();
        for (var i = 0; i < steps; i++)
        {
            reports.Add(await StepAsync());
        }

        return reports;
    }

    /// <summary>Runs one step.</summary>
    public Task<StepReport> StepAsync()
    {
        var step = _state.Version + 1;
        var batches = Enumerable.Range(0, MicroBatches).Select(position => Batch(step, position)).ToArray();
        var context = new MicroBatchContext
        {
            ShardVersion = step - 1,
            Training = true,
            MaskedShards = Masked,
            Seed = _seed,
            Step = step,
            StepTargets = batches.Sum(batch => batch.Targets.Length),
            StepTokens = batches.Sum(batch => batch.Tokens.Length),
        };
        return _engine.RunAsync(
            step,
            [.. batches.Select((batch, position) => new PackedWork(
                batch, context with { Position = position }, (tokens, place) => new LlamaMicroBatch(_adapted, tokens, place)))],
            CancellationToken.None);
    }

    public void Dispose()
    {
        _state.Dispose();
        _optimiser.Dispose();
        Model.Dispose();
    }

    /// <summary>One to three short sequences; the second micro-batch has more rows than a tile.</summary>
    private PackedBatch Batch(long step, int position)
    {
        var random = new CounterRandom(_seed, 5, (ulong)step, (ulong)position);
        var (count, least) = position == 1 ? (5, 30) : (1 + random.NextBelow(3), 2);
        var sequences = new (int[], int)[count];
        for (var i = 0; i < count; i++)
        {
            sequences[i] = (_tiny.Tokens(least + random.NextBelow(11), random.NextUInt64()), random.NextBelow(3));
        }

        return PackedBatch.ForPrediction(sequences);
    }

    private sealed class NoFatalExit : IFatalExit
    {
        public void Die(string reason, Exception cause) => throw new InvalidOperationException(reason, cause);
    }
}
