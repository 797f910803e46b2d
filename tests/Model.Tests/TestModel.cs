using MoR.Cluster.Random;
using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Runtime;
using MoR.Model.Safetensors;
using MoR.Model.Segments;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Tests;

/// <summary>An adapted backbone with everything that runs it, for tests.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly Dictionary<string, Tensor> _routerState = [];

    /// <param name="folder">The backbone's folder.</param>
    /// <param name="spec">The adapter; its parameters start at zero.</param>
    /// <param name="dtype">Type to compute in.</param>
    /// <param name="threads">Threads of the pool.</param>
    /// <param name="math">Where mathematics runs; the pool unless given.</param>
    public TestModel(
        string folder, AdapterSpec spec, ScalarType dtype = ScalarType.Float32, int threads = 2,
        IMathExecutor? math = null)
        : this(folder, spec, WeightTypes.All(dtype), threads, math)
    {
    }

    /// <summary>The same with matrices that may be kept in another type, and on another device than the CPU.</summary>
    public TestModel(
        string folder, AdapterSpec spec, WeightTypes types, int threads = 2, IMathExecutor? math = null, Device? device = null)
        : this(
            folder, config => new ParameterVector(new AdapterLayout(config, spec), types.Compute, device ?? CPU), types, threads,
            math)
    {
    }

    /// <summary>The same with parameters that <paramref name="load"/> reads.</summary>
    public TestModel(
        string folder, Func<LlamaConfig, ParameterVector> load, ScalarType dtype = ScalarType.Float32, int threads = 2,
        IMathExecutor? math = null)
        : this(folder, load, WeightTypes.All(dtype), threads, math)
    {
    }

    private TestModel(
        string folder, Func<LlamaConfig, ParameterVector> load, WeightTypes types, int threads, IMathExecutor? math)
    {
        var config = LlamaConfigFile.Read(folder);
        Pool = new MathPool(threads);
        Parameters = load(config);
        var weights = LlamaWeights.Load(SafetensorsFolder.Open(folder), config, types, Parameters.Values.device, Pool);
        Backbone = new LlamaBackbone(config, weights, Pool);
        Model = new AdaptedModel(Backbone, Parameters, _routerState, Pool);
        Math = math ?? new MathPoolExecutor(Pool);
        Link = new InProcessExpertLink(Math, new ShardParameters(Parameters), 0);
        Runner = new MicroBatchRunner(Math, Link);
    }

    public MathPool Pool { get; }

    public LlamaBackbone Backbone { get; }

    public ParameterVector Parameters { get; }

    public AdaptedModel Model { get; }

    public IMathExecutor Math { get; }

    public IExpertLink Link { get; }

    public MicroBatchRunner Runner { get; }

    /// <summary>Plain LoRA on all linears: with B = 0, the backbone itself.</summary>
    public static AdapterSpec PlainLora(int layers) => new(
        new ExpertSpec
        {
            CountPerLayer = [.. Enumerable.Repeat(1, layers)],
            RankPerLayer = [.. Enumerable.Repeat(8, layers)],
            Targets = Enum.GetValues<Linear>(),
        },
        new RouterSpec { Kind = RouterCatalogue.None });

    /// <summary>
    /// Sets every parameter, B and main routers included, to normal values that float32 holds, scaled so that a row of
    /// ones would give a deviation of <paramref name="scale"/>.
    /// </summary>
    public void Randomise(ulong seed, double scale = 0.7)
    {
        foreach (var (place, parameter) in Parameters.Layout.Parameters.Index())
        {
            var random = new CounterRandom(seed, 11, (ulong)place);
            var values = new double[parameter.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (float)(random.NextGaussian() * scale / System.Math.Sqrt(parameter.Columns));
            }

            Set(parameter.Name, values);
        }
    }

    /// <summary>Sets one parameter, row-major.</summary>
    public void Set(string name, double[] values)
    {
        using var scope = NewDisposeScope();
        var parameter = Parameters.Layout.Parameters.Single(parameter => parameter.Name == name);
        Parameters.View(parameter).copy_(tensor(values, [parameter.Rows, parameter.Columns]));
    }

    /// <summary>All parameters by name, row-major.</summary>
    public Dictionary<string, double[]> Values() => ValuesOf(Parameters);

    /// <summary>All values of a vector by parameter name, row-major.</summary>
    public static Dictionary<string, double[]> ValuesOf(ParameterVector vector)
    {
        using var scope = NewDisposeScope();
        return vector.Layout.Parameters.ToDictionary(
            parameter => parameter.Name,
            parameter => vector.View(parameter).to(float64).cpu().reshape(-1).data<double>().ToArray());
    }

    /// <summary>Bytes of the flat parameter vector.</summary>
    public byte[] Bytes() => BytesOf(Parameters.Values);

    /// <summary>A tensor's memory.</summary>
    public static byte[] BytesOf(Tensor tensor)
    {
        using var host = tensor.cpu();
        return host.bytes.ToArray();
    }

    /// <summary>Logits of every position; [S][vocabulary].</summary>
    public async Task<double[][]> LogitsAsync(int[] tokens, KeyValueCache? cache = null)
    {
        using var microBatch = new LlamaMicroBatch(
            Model, PackedBatch.ForLogits(tokens), MicroBatchContext.Inference(0), cache is null ? [] : [cache]);
        await Runner.ForwardAsync(microBatch, CancellationToken.None);
        return ToRows(microBatch);
    }

    /// <summary>Logits that follow new tokens of a cached sequence; [vocabulary].</summary>
    public async Task<double[]> NextAsync(int[] tokens, KeyValueCache cache) => (await NextAsync([(tokens, cache)]))[0];

    /// <summary>Logits that follow new tokens of each cached sequence; [sequences][vocabulary].</summary>
    public async Task<double[][]> NextAsync(IReadOnlyList<(int[] Tokens, KeyValueCache Cache)> sequences)
    {
        using var microBatch = new LlamaMicroBatch(
            Model,
            PackedBatch.ForGeneration([.. sequences.Select(item => (item.Tokens, item.Cache.Length))]),
            MicroBatchContext.Inference(0),
            [.. sequences.Select(item => item.Cache)]);
        await Runner.ForwardAsync(microBatch, CancellationToken.None);
        return ToRows(microBatch);
    }

    /// <summary>Mean negative log-likelihood of each next token.</summary>
    public async Task<double> NllAsync(int[] tokens) => -(await LogLikelihoodsAsync((tokens, 1))).Average();

    /// <summary>Log-likelihood of every predicted token, sequence after sequence.</summary>
    public async Task<IReadOnlyList<double>> LogLikelihoodsAsync(params (int[] Tokens, int PromptLength)[] sequences)
    {
        using var microBatch = new LlamaMicroBatch(
            Model, PackedBatch.ForPrediction(sequences), MicroBatchContext.Inference(0));
        await Runner.ForwardAsync(microBatch, CancellationToken.None);
        return microBatch.Head.LogLikelihoods;
    }

    public void Dispose()
    {
        Parameters.Dispose();
        Backbone.Dispose();
        Pool.Dispose();
    }

    private double[][] ToRows(LlamaMicroBatch microBatch)
    {
        using var logits = microBatch.Head.Logits!.to(float64, CPU);
        return [.. logits.data<double>().ToArray().Chunk(Backbone.Config.VocabularySize)];
    }
}
