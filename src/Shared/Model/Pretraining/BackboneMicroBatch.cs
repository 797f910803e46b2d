using MoR.Cluster.Protocol;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Segments;
using static TorchSharp.torch;

namespace MoR.Model.Pretraining;

/// <summary>
/// One micro-batch through a backbone whose parameters all learn. Nothing is dispatched, so forward and backward are one
/// piece each, on one thread; micro-batches run side by side instead.
/// </summary>
public sealed class BackboneMicroBatch : IMicroBatch
{
    private readonly BackboneParameters _model;
    private readonly PackedBatch _batch;
    private readonly MicroBatchContext _context;
    private readonly List<(IReadOnlyList<Parameter> Stacked, Tensor Leaf)> _leaves = [];
    private readonly List<Tensor> _owned = [];
    private Tensor? _logits_NV;

    /// <summary>Opens a micro-batch that predicts the batch's targets.</summary>
    /// <param name="model">What it runs through.</param>
    /// <param name="batch">The tokens and their targets.</param>
    /// <param name="context">Its place in a step.</param>
    public BackboneMicroBatch(BackboneParameters model, PackedBatch batch, MicroBatchContext context)
    {
        (_model, _batch, _context) = (model, batch, context);
    }

    /// <inheritdoc/>
    public int DispatchPoints => 0;

    /// <summary>This micro-batch's part of the step's mean negative log-likelihood, in nats; after <see cref="Finish"/>.</summary>
    public double Loss { get; private set; }

    /// <summary>log p(target) per row of the batch, in nats; after <see cref="Finish"/>.</summary>
    public IReadOnlyList<double> LogLikelihoods { get; private set; } = [];

    /// <summary>Rows whose most likely token is the target; after <see cref="Finish"/>.</summary>
    public long Hits { get; private set; }

    /// <inheritdoc/>
    public void Finish()
    {
        using var scope = NewDisposeScope();
        using (set_grad_enabled(_context.Training))
        {
            _logits_NV = Own(Forward());
        }

        // The head's product does not need its result to be differentiated, so the gradient may take its place.
        var loss = _context.Training
            ? NextTokenLoss.Differentiate(_logits_NV, _batch.Targets, _context.StepTargets)
            : NextTokenLoss.Evaluate(_logits_NV, _batch.Targets, _context.StepTargets);
        (LogLikelihoods, Loss, Hits) = (loss.LogLikelihoods, loss.Value, loss.Hits);
    }

    /// <inheritdoc/>
    public IMicroBatchDelta TakeDelta()
    {
        using var scope = NewDisposeScope();
        var gradients = autograd.grad([_logits_NV!], [.. _leaves.Select(item => item.Leaf)], [_logits_NV!.detach()]);
        using var noHistory = no_grad();
        var values = _model.Vector.Values;
        var gradient = new ParameterVector(_model.Layout, values.dtype, values.device);
        foreach (var ((stacked, _), value) in _leaves.Zip(gradients))
        {
            ViewOf(gradient, stacked).copy_(value);
        }

        return new MicroBatchDelta(gradient)
        {
            Loss = Loss,
            AuxiliaryLosses = new Dictionary<string, double>(),
            RouterState = new Dictionary<string, Tensor>(),
            Statistics = new Dictionary<string, double[]>(),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<ForwardRequest> Forward(int dispatchPoint) => throw Undispatched();

    /// <inheritdoc/>
    public void ForwardFrozen(int dispatchPoint) => throw Undispatched();

    /// <inheritdoc/>
    public void AcceptForward(int dispatchPoint, IReadOnlyList<ForwardReply> replies) => throw Undispatched();

    /// <inheritdoc/>
    public IReadOnlyList<BackwardRequest> Backward(int dispatchPoint) => throw Undispatched();

    /// <inheritdoc/>
    public void BackwardFrozen(int dispatchPoint) => throw Undispatched();

    /// <inheritdoc/>
    public void AcceptBackward(int dispatchPoint, IReadOnlyList<BackwardReply> replies) => throw Undispatched();

    /// <inheritdoc/>
    public void AcceptParameterGradients(int dispatchPoint, IReadOnlyList<ExpertGradient> gradients) =>
        throw Undispatched();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _owned)
        {
            tensor.Dispose();
        }
    }

    private static InvalidOperationException Undispatched() => new("a backbone without experts has no dispatch points");

    private static Tensor ViewOf(ParameterVector vector, IReadOnlyList<Parameter> stacked) =>
        stacked.Count == 1 ? vector.View(stacked[0]) : vector.View(stacked);

    /// <summary>Logits of the batch's rows; [N, vocabulary].</summary>
    private Tensor Forward()
    {
        var (config, layout) = (_model.Config, _model.Layout);
        var embedding_VD = Leaf([layout.Embedding]);
        var angles = _model.Rotary.At(_batch.Positions());
        var h_TD = embedding_VD.index_select(0, Indices(_batch.Tokens));
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var x_TD = LlamaBlock.RmsNorm(h_TD, Leaf([layout.InputNorm(layer)]), config.NormEpsilon);
            var qkv = Products(new DispatchPoint(layer, Site.Qkv), x_TD);
            var mixed_TX = LlamaBlock.Attention(config, _batch, qkv[0], qkv[1], qkv[2], angles, [], layer);
            h_TD = h_TD + Products(new DispatchPoint(layer, Site.O), mixed_TX)[0];
            x_TD = LlamaBlock.RmsNorm(h_TD, Leaf([layout.PostAttentionNorm(layer)]), config.NormEpsilon);
            var gateUp = Products(new DispatchPoint(layer, Site.GateUp), x_TD);
            var inner_TF = LlamaBlock.SwiGlu(gateUp[0], gateUp[1]);
            h_TD = h_TD + Products(new DispatchPoint(layer, Site.Down), inner_TF)[0];
        }

        var rows_ND = h_TD.index_select(0, Indices(_batch.Rows));
        var x_ND = LlamaBlock.RmsNorm(rows_ND, Leaf([layout.FinalNorm]), config.NormEpsilon);
        var head_VD = config.TiedEmbeddings ? embedding_VD : Leaf([layout.Head]);
        return nn.functional.linear(x_ND, head_VD);
    }

    /// <summary>The products of the linears that read one activation, made as one; each [T, out].</summary>
    private Tensor[] Products(DispatchPoint point, Tensor x_TI)
    {
        var linears = _model.Layout.LinearsAt(point);
        var y_TO = nn.functional.linear(x_TI, Leaf(linears));
        return linears.Count == 1 ? [y_TO] : y_TO.split([.. linears.Select(linear => (long)linear.Rows)], 1);
    }

    private Tensor Leaf(IReadOnlyList<Parameter> stacked)
    {
        var leaf = Own(ViewOf(_model.Vector, stacked).detach());
        if (_context.Training)
        {
            leaf.requires_grad = true;
            _leaves.Add((stacked, leaf));
        }

        return leaf;
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    private Tensor Indices(int[] values) =>
        tensor(Array.ConvertAll(values, value => (long)value)).to(_model.Vector.Values.device);
}
