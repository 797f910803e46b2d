using MoR.Cluster.Protocol;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Torch;
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
    private readonly RouterSegment?[] _routers;
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
        _routers = new RouterSegment?[DispatchPoints];
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

    /// <inheritdoc/>
    public bool AsksExperts => OwnExperts is null && _model.Layout.Spec.Experts.Targets.Count > 0;

    /// <summary>Logits of the batch's rows and, if it has targets, their log-likelihoods; after <see cref="Finish"/>.</summary>
    public LanguageModelHead Head => _head ?? throw new InvalidOperationException("the micro-batch has not finished");

    /// <summary>This micro-batch's part of each auxiliary loss, by name, before its coefficient; while training, after
    /// <see cref="Finish"/>.</summary>
    public IReadOnlyDictionary<string, double> AuxiliaryLosses => _routing.AuxiliaryLosses;

    /// <inheritdoc/>
    public IReadOnlyList<ForwardRequest> Forward(int dispatchPoint)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var point = DispatchPoint.At(dispatchPoint);
        var segment = Open(point);
        _segments[dispatchPoint] = segment;
        if (!_context.Training && point.Site == Site.Qkv)
        {
            FreeLayer(point.Layer - 1);
        }

        var learns = Learns(dispatchPoint);
        var routers = _routing.Decide(segment.X, learns, point, _hooks.Attention);
        _routers[dispatchPoint] = routers;
        foreach (var decision in routers?.Decisions ?? [])
        {
            _decisions[decision.Site.Index] = decision;
        }

        var dispatch = new Dispatch(point) { Routed = segment.X };
        _dispatches[dispatchPoint] = dispatch;
        if (_context.Training && _model.Layout.Spec.Experts.Dropout > 0)
        {
            dispatch.DropoutMask = Dropout.Mask(_model, _context, point, segment.X).DetachFromDisposeScope();
            dispatch.Routed = (segment.X * dispatch.DropoutMask).DetachFromDisposeScope();
        }

        if (!AsksExperts)
        {
            return [];
        }

        dispatch.Shards = DispatchBuilder.Build(
            _model.Layout, dispatch, _context, dispatch.Routed, site => _decisions[site.Index]!);
        dispatch.Learns = _context.Training && (learns || point.Linears.Any(_model.Layout.IsTarget));
        return [.. dispatch.Shards.Select(shard => shard.Request)];
    }

    /// <inheritdoc/>
    public void ForwardFrozen(int dispatchPoint)
    {
        using var scope = NewDisposeScope();
        var (dispatch, x) = (_dispatches[dispatchPoint], _segments[dispatchPoint].X);
        if (!_context.Training)
        {
            dispatch.Y = _model.Backbone.InferenceProducts(dispatch.Point.Layer, dispatch.Point.Linears, x);
            Array.ForEach(dispatch.Y, y => y.DetachFromDisposeScope());
            return;
        }

        dispatch.Y = [.. dispatch.Point.Linears.Select(linear =>
            _model.Backbone.Product(dispatch.Point.Layer, linear, x).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public void AcceptForward(int dispatchPoint, IReadOnlyList<ForwardReply> replies)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var dispatch = _dispatches[dispatchPoint];
        OwnExperts?.Add(dispatch.Point, dispatch.Routed, dispatch.Y, site => _decisions[site.Index]!);
        foreach (var (shard, reply) in dispatch.Shards.Zip(replies))
        {
            for (var target = 0; target < dispatch.Y.Length; target++)
            {
                if (reply.Deltas[target] is { } delta)
                {
                    var route = shard.Routes[shard.Request.RouteOfTarget[target]];
                    TensorKernels.Current.AddRows(dispatch.Y[target], route.LongRows, TorchPayload.Of(delta));
                }
            }

            reply.Dispose();
        }

        if (_context.Training && RecomputesX(dispatchPoint))
        {
            _segments[dispatchPoint].DropX();
            dispatch.DropRouted();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        using var h = ResidualStream(DispatchPoints);
        var tail = new TailSegment(_model, h, _batch.Rows);
        _segments[DispatchPoints] = tail;
        _head = new LanguageModelHead(
            _model.Backbone, _batch, tail.X, _context.Training, _context.StepTargets, _model.Pool);
        if (_context.Training)
        {
            _routing.DifferentiateAuxiliaryLosses(_decisions, (double)_batch.Tokens.Length / _context.StepTokens);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<BackwardRequest> Backward(int dispatchPoint)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var (dispatch, next) = (_dispatches[dispatchPoint], dispatchPoint + 1);
        if (RecomputesX(dispatchPoint))
        {
            _segments[dispatchPoint].RestoreX();
            dispatch.RestoreRouted(_segments[dispatchPoint].X);
        }

        // Even where nothing before the segment learns, its own routers may.
        DifferentiateRouters(next);
        if (!dispatch.Learns)
        {
            return [];
        }

        var dX = next == DispatchPoints ? Head.InputGradient : _dispatches[next].DX;
        dispatch.DY = _segments[next].Backward(dX!, _segments[next].Carry is null ? null : _carryGradient);
        foreach (var gradient in dispatch.DY)
        {
            gradient.DetachFromDisposeScope();
        }

        if (UsesCarry(next))
        {
            _carryGradient?.Dispose();
            _carryGradient = dispatch.DY[0].alias().DetachFromDisposeScope();
        }

        Release(next);
        dispatch.Outstanding = dispatch.Shards.Count;
        return [.. dispatch.Shards.Select(shard => BackwardRequestOf(shard, dispatch))];
    }

    /// <inheritdoc/>
    public void BackwardFrozen(int dispatchPoint)
    {
        var dispatch = _dispatches[dispatchPoint];
        if (!Learns(dispatchPoint))
        {
            return;
        }

        using var scope = NewDisposeScope();
        foreach (var (linear, dY) in dispatch.Point.Linears.Zip(dispatch.DY))
        {
            var dX = _model.Backbone.ProductBackward(dispatch.Point.Layer, linear, dY);
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
                var masked = dispatch.DropoutMask is { } mask
                    ? dRows * mask.index_select(0, tensor(shard.Rows).to(dRows.device))
                    : dRows;
                TensorKernels.Current.AddRows(dispatch.DX!, shard.Rows, masked);
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

        if (--_dispatches[dispatchPoint].Outstanding == 0)
        {
            Release(dispatchPoint);
        }
    }

    /// <inheritdoc/>
    public IMicroBatchDelta TakeDelta()
    {
        using var scope = NewDisposeScope();
        DifferentiateRouters(0);
        var delta = new MicroBatchDelta(_gradient!)
        {
            MaskedShards = _context.MaskedShards,
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
        foreach (var part in _segments.Concat<IDisposable?>(_dispatches).Concat(_routers))
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

    /// <summary>The experts that this micro-batch computes itself; null if it asks for them.</summary>
    private LocalExperts? OwnExperts => _context.Training ? null : _model.LocalExperts;

    /// <summary>Computes the segment before a dispatch point.</summary>
    private Segment Open(DispatchPoint point)
    {
        var (backbone, pool) = (_model.Backbone, _model.Pool);
        var epsilon = backbone.Config.NormEpsilon;
        switch (point.Site)
        {
            case Site.Qkv:
                _hooks.CloseAttention();
                var h = point.Layer == 0 ? backbone.Embed(_batch.Tokens) : ResidualStream(point.Index);
                return new NormSegment(h, backbone.InputNorm(point.Layer), epsilon, pool);
            case Site.O:
                return Attention(point);
            case Site.GateUp:
                return new NormSegment(ResidualStream(point.Index), backbone.PostAttentionNorm(point.Layer), epsilon, pool);
            default:
                var y = _dispatches[point.Index - 1].TakeY();
                return new SwiGluSegment(y[0], y[1], pool);
        }
    }

    private Segment Attention(DispatchPoint point)
    {
        var config = _model.Backbone.Config;
        var y = _dispatches[point.Index - 1].TakeY();
        var asked = _hooks.OpenAttention();
        if (_caches.Count > 0)
        {
            var mixed = _model.FusesInference && asked is null && _batch.Tokens.Length == _batch.Sequences
                ? NextTokenAttention.Of(config, y, _angles, _caches, point.Layer)
                : LlamaBlock.Attention(config, _batch, y[0], y[1], y[2], _angles, _caches, point.Layer, asked);
            _hooks.KeepAttention();
            Array.ForEach(y, value => value.Dispose());
            return new CachedAttentionSegment(mixed);
        }

        var shape = new AttentionShape(
            _batch.Starts, config.Heads, config.KeyValueHeads, config.HeadSize, config.Window(point.Layer));
        var segment = new AttentionSegment(shape, y[0], y[1], y[2], _angles, _model.Pool);
        asked?.AddRange(segment.Probabilities());
        _hooks.KeepAttention();
        return segment;
    }

    /// <summary>h + y: what the block's attention or MLP adds to the residual stream, which two dispatch points skipped.</summary>
    private Tensor ResidualStream(int index) => _dispatches[index - 1].TakeY()[0].add_(_segments[index - 2].Carry!);

    /// <summary>Without a backward pass nobody asks for a layer again once the next one has read it.</summary>
    private void FreeLayer(int layer)
    {
        for (var index = Math.Max(0, layer * DispatchPoint.PerLayer); index < (layer + 1) * DispatchPoint.PerLayer; index++)
        {
            _segments[index].Dispose();
            _dispatches[index].Dispose();
            _routers[index]?.FreeActivation();
        }
    }

    /// <summary>The residual stream skips the attention and the MLP's inner activation: two dispatch points.</summary>
    private static bool UsesCarry(int index) => index > 0 && index % 2 == 0;

    /// <summary>Whether training gives x of a dispatch point back until the backward pass comes to it.</summary>
    private bool RecomputesX(int dispatchPoint) => _model.Recompute || _segments[dispatchPoint].IsElementwise;

    /// <summary>Whether the gradient of the activation of a dispatch point is wanted.</summary>
    private bool Learns(int dispatchPoint) => dispatchPoint > 0 && _dispatches[dispatchPoint - 1].Learns;

    /// <summary>Keeps the gradient of the routers' weights, and adds that of their activation to the others.</summary>
    private void DifferentiateRouters(int index)
    {
        if (index == DispatchPoints || _routers[index] is not { } routers)
        {
            return;
        }

        var (dX, dWeights) = routers.Differentiate();
        routers.FreeActivation();
        if (dWeights is not null)
        {
            _gradient!.View(_model.Layout.RouterWeightsAt(DispatchPoint.At(index))).copy_(dWeights);
        }

        if (dX is not null)
        {
            _dispatches[index].DX!.add_(dX);
        }
    }

    /// <summary>Frees a dispatch point and the segment before it, once both are differentiated.</summary>
    private void Release(int index)
    {
        if (index == DispatchPoints)
        {
            _segments[index].Dispose();
        }
        else if (_dispatches[index].Outstanding == 0 && (index == 0 || _dispatches[index - 1].DY.Length > 0))
        {
            _segments[index].Dispose();
            _dispatches[index].Dispose();
        }
    }

    private BackwardRequest BackwardRequestOf(ShardDispatch shard, Dispatch dispatch)
    {
        TensorPayload?[] gradients = [.. shard.Request.RouteOfTarget.Select((route, target) => route < 0
            ? null
            : new RowsPayload(dispatch.DY[target], shard.Routes[route].Rows))];
        return new BackwardRequest(
            shard.Request.Key with { Direction = Direction.Backward },
            shard.Request,
            gradients,
            NeedsInputGradient: Learns(dispatch.Point.Index),
            NeedsGateGradients: _model.Layout.Router is not null);
    }
}
