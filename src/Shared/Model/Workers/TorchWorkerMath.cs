using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Segments;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>Whole micro-batches on a worker: the coordinator's model over the same backbone, with the experts in process.</summary>
internal sealed class TorchWorkerMath : IWorkerMath
{
    private const long NoVersion = -1;
    private readonly IMathExecutor _executor;
    private readonly ParameterVector _parameters;
    private readonly Dictionary<string, Tensor> _state = new(StringComparer.Ordinal);
    private readonly AdaptedModel _model;
    private readonly InProcessExpertLink _experts;
    private readonly MicroBatchRunner _runner;
    private readonly ModelCodec _modelCodec;
    private readonly MicroBatchCodec _codec;

    /// <param name="layout">The adapter as it is trained.</param>
    /// <param name="wire">How rows to experts are rounded, as if they travelled.</param>
    /// <param name="recompute">Whether activations are computed again.</param>
    /// <param name="backbone">The backbone; not owned.</param>
    /// <param name="executor">Where it runs.</param>
    /// <param name="pool">Where tiles run.</param>
    public TorchWorkerMath(
        AdapterLayout layout, WireType wire, bool recompute, LlamaBackbone backbone, IMathExecutor executor, MathPool pool)
    {
        _executor = executor;
        _parameters = new ParameterVector(layout, backbone.Dtype, backbone.Device);
        _model = new AdaptedModel(backbone, _parameters, _state, pool) { Recompute = recompute };
        _experts = new InProcessExpertLink(executor, new ShardParameters(_parameters), NoVersion, wire);
        _runner = new MicroBatchRunner(executor, _experts);
        _modelCodec = new ModelCodec(layout, backbone.Device);
        _codec = new MicroBatchCodec(layout, backbone.Device);
    }

    /// <inheritdoc/>
    public async Task LoadAsync(WireMessage model)
    {
        await _executor.RunAsync(() => _modelCodec.Decode(WireAlias.Of(model), _parameters, _state));
        await _experts.PublishAsync(model.Envelope.PublishModel.Version, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<WireMessage> TrainAsync(WireMessage microBatch, CancellationToken cancel)
    {
        var (batch, context) = await _executor.RunAsync(() => _codec.Decode(WireAlias.Of(microBatch)));
        using var delta = (MicroBatchDelta)await _runner.TrainAsync(
            new PackedWork(batch, context, (tokens, place) => new LlamaMicroBatch(_model, tokens, place)), cancel);
        return await _executor.RunAsync(
            () => _codec.Encode(delta, MicroBatchCodec.KeyOf(context), microBatch.Envelope.MicroBatch.Attempt));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parameters.Dispose();
        foreach (var value in _state.Values)
        {
            value.Dispose();
        }
    }
}
