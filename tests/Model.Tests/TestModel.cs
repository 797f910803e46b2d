using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Routing;
using MoR.Model.Runtime;
using MoR.Model.Segments;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Tests;

/// <summary>An adapted backbone with everything that runs it, for tests.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly Dictionary<string, Tensor> _routerState = [];

    public TestModel(string folder, AdapterSpec spec, ScalarType dtype = ScalarType.Float32, int threads = 2)
    {
        Pool = new MathPool(threads);
        var config = LlamaConfigFile.Read(folder);
        Backbone = new LlamaBackbone(config, LlamaWeights.Load(folder, config, dtype, CPU), Pool);
        Parameters = new ParameterVector(new AdapterLayout(config, spec), dtype, CPU);
        Model = new AdaptedModel(Backbone, Parameters, _routerState, Pool);
        Math = new MathPoolExecutor(Pool);
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
        new ExpertSpec { CountPerLayer = [.. Enumerable.Repeat(1, layers)], Targets = Enum.GetValues<Linear>() },
        new RouterSpec { Kind = RouterCatalogue.None });

    /// <summary>Logits of every position; [S][vocabulary].</summary>
    public async Task<double[][]> LogitsAsync(int[] tokens, KeyValueCache? cache = null)
    {
        using var microBatch = new LlamaMicroBatch(
            Model, PackedBatch.ForLogits(tokens), MicroBatchContext.Inference(0), cache);
        await Runner.ForwardAsync(microBatch, CancellationToken.None);
        using var logits = microBatch.Head.Logits!.to(float64);
        return [.. logits.data<double>().ToArray().Chunk(Backbone.Config.VocabularySize)];
    }

    /// <summary>Mean negative log-likelihood of each next token.</summary>
    public async Task<double> NllAsync(int[] tokens)
    {
        using var microBatch = new LlamaMicroBatch(
            Model, PackedBatch.ForPrediction([(tokens, 1)]), MicroBatchContext.Inference(0));
        await Runner.ForwardAsync(microBatch, CancellationToken.None);
        return -microBatch.Head.LogLikelihoods.Average();
    }

    public void Dispose()
    {
        Parameters.Dispose();
        Backbone.Dispose();
        Pool.Dispose();
    }
}
