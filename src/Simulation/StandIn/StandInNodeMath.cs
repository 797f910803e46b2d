using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;

namespace MoR.Simulation.StandIn;

/// <summary>What a node of the stand-in computes with.</summary>
/// <param name="shape">The model.</param>
/// <param name="machine">What it says of itself.</param>
/// <param name="executor">Where it computes.</param>
/// <param name="memory">Its tensors.</param>
/// <param name="paddingSeen">Told when a row that is padding was routed here.</param>
/// <param name="fails">Whether the next request is to throw.</param>
internal sealed class StandInNodeMath(
    StandInShape shape, Machine machine, IMathExecutor executor, CountedMemory memory, Action paddingSeen, Func<bool> fails) : INodeMath
{
    private const int W = StandInShape.Width;

    /// <inheritdoc/>
    public Machine Machine => machine;

    /// <inheritdoc/>
    public double ProductsPerSecond => 1e9;

    /// <inheritdoc/>
    public IMathExecutor Executor => executor;

    /// <inheritdoc/>
    public IWireMemory Memory => memory;

    /// <inheritdoc/>
    public IAdapterMath Open(AdapterShape adapter) => new Adapter(this);

    /// <inheritdoc/>
    public IWorkerMath OpenWorker(AdapterShape adapter, Replica replica, CancellationToken stop) =>
        new StandInWorkerMath(shape, executor, memory, fails);

    private ReadOnlySpan<float> Rows(WireTensor tensor)
    {
        if (fails())
        {
            throw new Worlds.DeviceException();
        }

        var rows = StandInCodec.Floats(tensor);
        for (var row = 0; row < rows.Length; row += W)
        {
            if (!rows.Slice(row, W).ContainsAnyExcept(0f))
            {
                paddingSeen();
            }
        }

        return rows;
    }

    private sealed class Adapter(StandInNodeMath math) : IAdapterMath
    {
        public IShardMath Load(int shard, long version, WireTensor block) => new Shard(math, block);

        public void Dispose()
        {
            // It holds nothing.
        }
    }

    private sealed class Shard(StandInNodeMath math, WireTensor block) : IShardMath
    {
        public WireMessage Forward(WireMessage request)
        {
            var forward = request.Envelope.Forward;
            var route = StandInCodec.Route(forward.Routes[0], request.Tensors[1], request.Tensors[2]);
            var deltas = StandInExperts.Forward(
                math.Shape, StandInCodec.Floats(block), forward.Key.DispatchPoint, math.Rows(request.Tensors[0]), route);
            return new WireMessage(
                new Envelope { ForwardDone = new ForwardDone { Key = forward.Key, Attempt = forward.Attempt } },
                math.Counted.Of(deltas, route.Rows.Length, W));
        }

        public IBackwardWork Backward(WireMessage request, WireMessage? forward)
        {
            var carrier = forward ?? request;
            var head = forward?.Envelope.Forward.Routes[0] ?? request.Envelope.Backward.Routes[0];
            var route = StandInCodec.Route(head, carrier.Tensors[1], carrier.Tensors[2]);
            var backward = request.Envelope.Backward;
            var gradients = StandInExperts.Backward(
                math.Shape, StandInCodec.Floats(block), backward.Key.DispatchPoint, math.Rows(carrier.Tensors[0]), route,
                StandInCodec.Floats(request.Tensors[^1]));
            return new Work(math, backward, route, gradients);
        }

        public void Dispose()
        {
            // The block stays the caller's.
        }
    }

    private StandInShape Shape => shape;

    private CountedMemory Counted => memory;

    private sealed class Work(StandInNodeMath math, Backward backward, StandInRoute route, StandInGradients gradients) : IBackwardWork
    {
        public WireMessage Done { get; } = new(
            new Envelope { BackwardDone = new BackwardDone { Key = backward.Key, Attempt = backward.Attempt } },
            math.Counted.Of(gradients.Rows, gradients.Rows.Length / W, W),
            math.Counted.Of(gradients.Gates, gradients.Gates.Length));

        public WireMessage Gradients() => new(
            new Envelope
            {
                ParameterGradients = new ParameterGradients
                {
                    Key = backward.Key,
                    Attempt = backward.Attempt,
                    Targets = { Enumerable.Repeat(0, route.Experts.Length) },
                    Experts = { route.Experts },
                },
            },
            [.. route.Experts.SelectMany((_, i) => new[] { math.Counted.Of(gradients.A[i], W), math.Counted.Of(gradients.B[i], W) })]);

        public void Dispose()
        {
            // Arrays only; the messages are the caller's.
        }
    }
}
