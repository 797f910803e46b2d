using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using static TorchSharp.torch;

namespace MoR.Program;

/// <summary>A node's mathematics without the arithmetic: reads requests as a node does and answers zeros of the right shapes. For
/// benchmarks, which have what is left to measure.</summary>
internal sealed class UncomputedMath(INodeMath real) : INodeMath
{
    /// <inheritdoc/>
    public Machine Machine => real.Machine;

    /// <inheritdoc/>
    public double ProductsPerSecond => real.ProductsPerSecond;

    /// <inheritdoc/>
    public IMathExecutor Executor => real.Executor;

    /// <inheritdoc/>
    public IWireMemory Memory => real.Memory;

    /// <inheritdoc/>
    public IAdapterMath Open(AdapterShape adapter)
    {
        var (layout, wire) = AdapterShapes.Read(adapter);
        return new Adapter(layout, new ExpertCodec(layout, wire, ScalarType.Float32, CPU));
    }

    private sealed class Adapter(AdapterLayout layout, ExpertCodec codec) : IAdapterMath
    {
        public IShardMath Load(int shard, long version, WireTensor block) => new Shard(layout, codec);

        public void Dispose()
        {
            // Nothing was opened.
        }
    }

    private sealed class Shard(AdapterLayout layout, ExpertCodec codec) : IShardMath
    {
        public WireMessage Forward(WireMessage request)
        {
            using var decoded = codec.DecodeForward(WireAlias.Of(request));
            var point = DispatchPoint.At(decoded.Key.DispatchPoint);
            using var scope = NewDisposeScope();
            TensorPayload?[] deltas =
            [
                .. decoded.RouteOfTarget.Select((route, target) => route < 0
                    ? null
                    : new TorchPayload(zeros(decoded.Routes[route].Rows.Count, layout.Config.OutputWidth(point.Linears[target])))),
            ];
            using var reply = new ForwardReply(decoded.Key, deltas);
            return codec.Encode(reply, request.Envelope.Forward.Attempt);
        }

        public IBackwardWork Backward(WireMessage request, WireMessage? forward) =>
            throw new InvalidOperationException("the benchmark's node was asked for gradients");

        public void Dispose()
        {
            // Nothing was loaded.
        }
    }
}
