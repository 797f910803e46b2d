using MoR.Cluster.Protocol;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// One micro-batch through an adapted Llama, segment by segment. Segment d computes the activation of dispatch point d;
/// segment <see cref="DispatchPoints"/> is the tail with the output head. Every member runs start to end on one thread, and
/// leaves nothing in a thread-local scope.
/// </summary>
public sealed class LlamaMicroBatch : IMicroBatch
{
    private readonly AdaptedModel _model;
    private readonly PackedBatch _batch;
    private readonly MicroBatchContext _context;
    private readonly IReadOnlyList<KeyValueCache> _caches;
    private readonly Segment[] _segments;
    private readonly Dispatch[] _dispatches;
    private readonly SiteDecision?[] _decisions;
    private ParameterVector? _gradient;
    private readonly RouterHooks _hooks;
    private readonly RoutingStep _routing;
    private (Tensor Cos, Tensor Sin) _angles;
    private Tensor? _carryGradient;
    private LanguageModelHead? _head;

    /// <summary>Opens a micro-batch.</summary>
    /// <param name="model">What it runs through.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="context">Its place in a step.</param>
    /// <param name="caches">Keys and values of each sequence's earlier tokens, when generating.</param>
    public LlamaMicroBatch(
        AdaptedModel model, PackedBatch batch, MicroBatchContext context, params IReadOnlyList<KeyValueCache> caches)
    {
        (_model, _batch, _context, _caches) = (model, batch, context, caches);
        DispatchPoints = model.Backbone.Config.DispatchPoints;
        _segments = new Segment[DispatchPoints + 1];
        _dispatches = new Dispatch[DispatchPoints];
        _decisions = new SiteDecision?[model.Layout.Sites.Count];
        _hooks = new RouterHooks(model, batch, caches);
        _routing = new RoutingStep(model, batch, context, _hooks);
        _gradient = context.Training
            ? new ParameterVector(model.Layout, model.Parameters.Values.dtype, model.Parameters.Values.device)
            : null;
        using var scope = NewDisposeScope();
        var (cos, sin) = model.Backbone.Angles(batch);
        _angles = (cos.DetachFromDisposeScope(), sin.DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public int DispatchPoints { get; }

    /// <summary>Logits of the batch's rows and, if it has targets, their log-likelihoods; after <see cref="Finish"/>.</summary>
    public LanguageModelHead Head => _head ?? throw new InvalidOperationException("the micro-batch has not finished");

    /// <summary>This micro-batch's part of each auxiliary loss, by name, before its coefficient; while training, after
    /// <see cref="Finish"/>.</summary>
    public IReadOnlyDictionary<string, double> AuxiliaryLosses => _routing.AuxiliaryLosses;

    /// <inheritdoc/>
    public IReadOnlyList<ForwardRequest> Forward(int dispatchPoint)
    {
        using var scope = NewDisposeScope();
        using var history = set_grad_enabled(_context.Training);
        var point = DispatchPoint.At(dispatchPoint);
        var segment = OpenSegment(dispatchPoint);
        var (x, carry) = Compute(segment, point);
        segment.SetOutputs(x, carry);
        if (!_context.Training && point.Site == Site.Qkv)
        {
            FreeLayer(point.Layer - 1);
        }

        foreach (var decision in _routing.Decide(segment, point, _hooks.Attention))
        {
            _decisions[decision.Site.Index] = decision;
        }

        using var noHistory = no_grad();
        var dispatch = new Dispatch(point);
        _dispatches[dispatchPoint] = dispatch;
        var routed = segment.X.detach();
        if (_context.Training && _model.Layout.Spec.Experts.Dropout > 0)
        {
            dispatch.DropoutMask = Dropout.Mask(_model, _context, point, routed).DetachFromDisposeScope();
            routed = routed * dispatch.DropoutMask;
        }

        dispatch.Shards = DispatchBuilder.Build(
            _model.Layout, dispatch, _context, routed, site => _decisions[site.Index]!);
        dispatch.Learns = _context.Training
            && (segment.X.requires_grad || point.Linears.Any(_model.Layout.IsTarget));
        return [.. dispatch.Shards.Select(shard => shard.Request)];
    }

    /// <inheritdoc/>
    public void ForwardFrozen(int dispatchPoint)
    {
        using var scope = NewDisposeScope();
        var (dispatch, x) = (_dispatches[dispatchPoint], _segments[dispatchPoint].X);
        dispatch.Y = [.. dispatch.Point.Linears.Select(linear =>
            _model.Backbone.Product(dispatch.Point.Layer, linear, x).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public void AcceptForward(int dispatchPoint, IReadOnlyList<ForwardReply> replies)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var dispatch = _dispatches[dispatchPoint];
        foreach (var (shard, reply) in dispatch.Shards.Zip(replies))
        {
            for (var target = 0; target < dispatch.Y.Length; target++)
            {
                if (reply.Deltas[target] is { } delta)
                {
                    var rows = shard.Routes[shard.Request.RouteOfTarget[target]].Rows;
                    dispatch.Y[target].index_add_(0, rows, TorchPayload.Of(delta), 1);
                }
            }

            reply.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        using var scope = NewDisposeScope();
        using var history = set_grad_enabled(_context.Training);
        var tail = OpenSegment(DispatchPoints);
        var h = tail.CarryIn! + tail.Y[0];
        var rows = tensor(Array.ConvertAll(_batch.Rows, row => (long)row)).to(h.device);
        tail.SetOutputs(_model.Backbone.FinalNorm(h.index_select(0, rows)), null);
        _head = new LanguageModelHead(_model.Backbone, _batch, tail.X, _context.Training, _context.StepTargets);
        if (_context.Training)
        {
            _routing.DifferentiateAuxiliaryLosses(_decisions, (double)_batch.Tokens.Length / _context.StepTokens);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<BackwardRequest> Backward(int dispatchPoint)
    {
        using var scope = NewDisposeScope();
        var dispatch = _dispatches[dispatchPoint];
        var dX = dispatchPoint + 1 == DispatchPoints ? Head.InputGradient : _dispatches[dispatchPoint + 1].DX;

        // Even where nothing before the segment learns, its own routers may.
        var gradients = DifferentiateSegment(dispatchPoint + 1, dX);
        if (!dispatch.Learns)
        {
            return [];
        }

        dispatch.DY = [.. gradients.Y.Select((gradient, target) =>
            (gradient ?? zeros_like(dispatch.Y[target])).DetachFromDisposeScope())];
        using var noHistory = no_grad();
        return [.. dispatch.Shards.Select(shard => shard.Backward = BackwardRequestOf(shard, dispatch, dispatchPoint))];
    }

    /// <inheritdoc/>
    public void BackwardFrozen(int dispatchPoint)
    {
        var dispatch = _dispatches[dispatchPoint];
        if (!dispatch.Learns || !_segments[dispatchPoint].X.requires_grad)
        {
            return;
        }

        using var scope = NewDisposeScope();
        foreach (var (linear, dY) in dispatch.Point.Linears.Zip(dispatch.DY))
        {
            var dX = _model.Backbone.ProductBackward(dispatch.Point.Layer, linear, dY!);
            if (dispatch.DX is null)
            {
                dispatch.DX = dX.DetachFromDisposeScope();
            }
            else
            {
                dispatch.DX.add_(dX);
            }
        }
    }

    /// <inheritdoc/>
    public void AcceptBackward(int dispatchPoint, IReadOnlyList<BackwardReply> replies)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var dispatch = _dispatches[dispatchPoint];
        foreach (var (shard, reply) in dispatch.Shards.Zip(replies))
        {
            if (reply.InputGradient is { } input)
            {
                var dRows = TorchPayload.Of(input);
                var masked = dispatch.DropoutMask is { } mask ? dRows * mask.index_select(0, shard.Rows) : dRows;
                dispatch.DX!.index_add_(0, shard.Rows, masked, 1);
            }

            foreach (var (route, gradient) in shard.Routes.Zip(reply.GateGradients))
            {
                route.Decision?.AddGateGradients(route.Gates!, TorchPayload.Of(gradient));
            }

            reply.Dispose();
        }
    }

    /// <inheritdoc/>
    public void AcceptParameterGradients(int dispatchPoint, IReadOnlyList<ExpertGradient> gradients)
    {
        using var scope = NewDisposeScope();
        var point = DispatchPoint.At(dispatchPoint);
        foreach (var gradient in gradients)
        {
            var expert = _model.Layout.Expert(point.Layer, point.Linears[gradient.Target], gradient.Expert);
            _gradient!.View(expert.A).copy_(TorchPayload.Of(gradient.A));
            _gradient.View(expert.B).copy_(TorchPayload.Of(gradient.B));
            gradient.Dispose();
        }
    }

    /// <inheritdoc/>
    public IMicroBatchDelta TakeDelta()
    {
        using var scope = NewDisposeScope();
        DifferentiateSegment(0, _dispatches[0].DX);
        var delta = new MicroBatchDelta(_gradient!)
        {
            Loss = Head.Loss,
            AuxiliaryLosses = AuxiliaryLosses,
            RouterState = RoutingStep.StateDeltas(_decisions),
            Statistics = RoutingStep.Statistics(_decisions),
        };
        _gradient = null;
        return delta;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _segments.Cast<IDisposable>().Concat(_dispatches))
        {
            part?.Dispose();
        }

        _hooks.Dispose();
        _angles.Cos.Dispose();
        _angles.Sin.Dispose();
        _carryGradient?.Dispose();
        _gradient?.Dispose();
        _head?.Dispose();
    }

    private Segment OpenSegment(int index)
    {
        var segment = new Segment();
        _segments[index] = segment;
        if (index > 0)
        {
            var before = _dispatches[index - 1];
            var carry = UsesCarry(index) ? _segments[index - 2].CarryOut : null;
            segment.SetInputs(before.Y, before.Learns, carry);
        }

        return segment;
    }

    /// <summary>Without a backward pass nobody asks for a layer again once the next one has read it.</summary>
    private void FreeLayer(int layer)
    {
        for (var index = Math.Max(0, layer * DispatchPoint.PerLayer); index < (layer + 1) * DispatchPoint.PerLayer; index++)
        {
            _segments[index].Dispose();
            _dispatches[index].Dispose();
        }
    }

    /// <summary>The residual stream skips the attention and the MLP's inner activation: two dispatch points.</summary>
    private static bool UsesCarry(int index) => index > 0 && index % 2 == 0;

    private (Tensor X, Tensor? Carry) Compute(Segment segment, DispatchPoint point)
    {
        var backbone = _model.Backbone;
        switch (point.Site)
        {
            case Site.Qkv:
                _hooks.CloseAttention();
                var h = point.Layer == 0 ? backbone.Embed(_batch.Tokens) : segment.CarryIn! + segment.Y[0];
                return (backbone.InputNorm(point.Layer, h), h);
            case Site.O:
                var mixed = LlamaBlock.Attention(
                    backbone.Config, _batch, segment.Y[0], segment.Y[1], segment.Y[2], _angles, _caches, point.Layer,
                    _hooks.OpenAttention());
                _hooks.KeepAttention();
                return (mixed, null);
            case Site.GateUp:
                var middle = segment.CarryIn! + segment.Y[0];
                return (backbone.PostAttentionNorm(point.Layer, middle), middle);
            default:
                return (LlamaBlock.SwiGlu(segment.Y[0], segment.Y[1]), null);
        }
    }

    /// <summary>Differentiates a segment, keeps the carry's gradient and the routers', and frees the segment's history.</summary>
    private SegmentGradients DifferentiateSegment(int index, Tensor? dX)
    {
        var segment = _segments[index];
        var dCarry = segment.CarryOut is null ? null : _carryGradient;
        var gradients = segment.Differentiate(dX, dCarry);
        if (gradients.RouterWeights is { } dWeights)
        {
            _gradient!.View(_model.Layout.RouterWeightsAt(DispatchPoint.At(index))).copy_(dWeights);
        }

        if (UsesCarry(index))
        {
            _carryGradient?.Dispose();
            _carryGradient = gradients.Carry?.DetachFromDisposeScope();
        }

        return gradients;
    }

    private BackwardRequest BackwardRequestOf(ShardDispatch shard, Dispatch dispatch, int dispatchPoint)
    {
        var gradients = shard.Request.RouteOfTarget
            .Select((route, target) => route < 0
                ? null
                : (TensorPayload)new TorchPayload(dispatch.DY[target]!.index_select(0, shard.Routes[route].Rows)))
            .ToArray();
        return new BackwardRequest(
            shard.Request.Key with { Direction = Direction.Backward },
            shard.Request,
            gradients,
            NeedsInputGradient: _segments[dispatchPoint].X.requires_grad,
            NeedsGateGradients: _model.Layout.Router is not null);
    }
}
