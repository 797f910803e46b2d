using System.Runtime.InteropServices;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;

namespace MoR.Simulation.StandIn;

/// <summary>Requests of the stand-in as messages of <c>control.proto</c>, laid out as the real ones.</summary>
internal sealed class StandInCodec(CountedMemory memory) : IExpertCodec
{
    private const int W = StandInShape.Width;

    /// <inheritdoc/>
    public long SizeOf(ForwardRequest request)
    {
        var route = request.Routes[0];
        return request.Rows.Bytes + route.Gates.Bytes
            + (sizeof(int) * (route.Rows.Count + route.Positions.Count + (2L * route.Experts.Count)));
    }

    /// <inheritdoc/>
    public long SizeOf(BackwardRequest request) => request.DeltaGradients[0]!.Bytes;

    /// <inheritdoc/>
    public WireMessage Encode(ForwardRequest request, int attempt, bool keep)
    {
        var forward = new Forward
        {
            Key = request.Key.ToWire(),
            Attempt = attempt,
            Version = request.ShardVersion,
            Keep = keep,
            Routes = { HeadOf(request.Routes[0]) },
            RouteOfTarget = { request.RouteOfTarget },
        };
        return new WireMessage(new Envelope { Forward = forward }, [.. TensorsOf(request)]);
    }

    /// <inheritdoc/>
    public WireMessage Encode(BackwardRequest request, int attempt, bool carriesForward)
    {
        var backward = new Backward
        {
            Key = request.Key.ToWire(),
            Attempt = attempt,
            Version = request.Forward.ShardVersion,
            CarriesForward = carriesForward,
            NeedsInput = request.NeedsInputGradient,
            NeedsGates = request.NeedsGateGradients,
        };
        if (carriesForward)
        {
            backward.Routes.Add(HeadOf(request.Forward.Routes[0]));
            backward.RouteOfTarget.Add(request.Forward.RouteOfTarget);
        }

        return new WireMessage(
            new Envelope { Backward = backward },
            [.. carriesForward ? TensorsOf(request.Forward) : [], Tensor(request.DeltaGradients[0]!)]);
    }

    /// <inheritdoc/>
    public string? ProblemOf(WireMessage message, ForwardRequest request)
    {
        var body = message.Envelope.ForwardDone;
        return body is null || !body.Key.Equals(request.Key.ToWire())
            ? "another answer"
            : ShapeProblem(message, [[request.Routes[0].Rows.Count, W]]);
    }

    /// <inheritdoc/>
    public string? ProblemOf(WireMessage message, BackwardRequest request)
    {
        var route = request.Forward.Routes[0];
        var key = request.Key.ToWire();
        return message.Envelope.BodyCase switch
        {
            Envelope.BodyOneofCase.BackwardDone when message.Envelope.BackwardDone.Key.Equals(key) =>
                ShapeProblem(message, [[.. request.Forward.Rows.Shape], [route.Positions.Count]]),
            Envelope.BodyOneofCase.ParameterGradients when message.Envelope.ParameterGradients.Key.Equals(key) =>
                message.Envelope.ParameterGradients.Experts.SequenceEqual(route.Experts)
                    ? ShapeProblem(message, [.. Enumerable.Repeat<long[]>([W], 2 * route.Experts.Count)])
                    : "gradients of other experts",
            _ => "another answer",
        };
    }

    /// <inheritdoc/>
    public ForwardReply DecodeForwardDone(WireMessage message, ForwardRequest request)
    {
        using (message)
        {
            return new ForwardReply(request.Key, [Payload(message.Tensors[0])]);
        }
    }

    /// <inheritdoc/>
    public (TensorPayload? Input, IReadOnlyList<TensorPayload> Gates) DecodeBackwardDone(WireMessage message, BackwardRequest request)
    {
        using (message)
        {
            return (Payload(message.Tensors[0]), [Payload(message.Tensors[1])]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ExpertGradient> DecodeParameterGradients(WireMessage message, BackwardRequest request)
    {
        using (message)
        {
            var experts = message.Envelope.ParameterGradients.Experts;
            return
            [
                .. experts.Select((expert, i) =>
                    new ExpertGradient(0, expert, Payload(message.Tensors[2 * i]), Payload(message.Tensors[(2 * i) + 1]))),
            ];
        }
    }

    /// <summary>The values of a tensor.</summary>
    public static ReadOnlySpan<float> Floats(WireTensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span);

    /// <summary>The route that a message carries, in the two tensors after its rows.</summary>
    public static StandInRoute Route(RouteHead head, WireTensor indices, WireTensor gates)
    {
        var all = MemoryMarshal.Cast<byte, int>(indices.Bytes.Span);
        return new StandInRoute(
            all[..head.Rows].ToArray(),
            all.Slice(head.Rows, head.Assignments).ToArray(),
            all.Slice(head.Rows + head.Assignments, head.Experts).ToArray(),
            all[(head.Rows + head.Assignments + head.Experts)..].ToArray(),
            Floats(gates).ToArray());
    }

    private static RouteHead HeadOf(Route route) =>
        new() { Rows = route.Rows.Count, Assignments = route.Positions.Count, Experts = route.Experts.Count };

    private static ArrayPayload Payload(WireTensor tensor) => new(Floats(tensor).ToArray(), [.. tensor.Shape]);

    private static string? ShapeProblem(WireMessage message, long[][] shapes) =>
        message.Tensors.Select(tensor => tensor.Shape.ToArray()).SequenceEqual(shapes, ShapeComparer.Instance)
            ? null
            : "tensors of other shapes";

    private WireTensor Tensor(TensorPayload payload) => memory.Of(((ArrayPayload)payload).Values, [.. payload.Shape]);

    private IEnumerable<WireTensor> TensorsOf(ForwardRequest request)
    {
        var route = request.Routes[0];
        yield return Tensor(request.Rows);
        yield return memory.Of((int[])[.. route.Rows, .. route.Positions, .. route.Experts, .. route.Counts]);
        yield return Tensor(route.Gates);
    }

    private sealed class ShapeComparer : IEqualityComparer<long[]>
    {
        public static ShapeComparer Instance { get; } = new();

        public bool Equals(long[]? x, long[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(long[] obj) => obj.Length;
    }
}
