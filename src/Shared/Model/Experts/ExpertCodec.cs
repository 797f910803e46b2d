using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Model.Adapters;
using MoR.Model.Parameters;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>
/// Requests to experts and their answers as messages of <c>control.proto</c>, for both ends. What is encoded stays the caller's and
/// may be disposed of at once; the message is the caller's too. What is decoded is taken over: its tensors become the result's, or
/// are freed with a <see cref="WireFormatException"/> that names the field. Whatever a peer sends, a result that comes back can
/// be computed with.
/// </summary>
/// <param name="layout">The adapter.</param>
/// <param name="wire">How rows travel.</param>
/// <param name="dtype">Type that is computed in: float32, or float64 in tests.</param>
/// <param name="device">Where decoded tensors are put.</param>
public sealed partial class ExpertCodec(AdapterLayout layout, WireType wire, ScalarType dtype, Device device) : IExpertCodec
{
    private readonly WireRows _rows = new(wire, dtype, device);

    /// <inheritdoc/>
    public bool DecodesInPlace => _rows.IsInPlace;

    /// <summary>Bytes of the tensors of a <see cref="Forward"/>.</summary>
    public long SizeOf(ForwardRequest request) => _rows.SizeOf(request.Rows) + request.Routes.Sum(route =>
        WireSize.Of(ElementType.I32, [route.Rows.Count + route.Positions.Count + (2 * route.Experts.Count)])
        + _rows.ExactSizeOf(route.Gates));

    /// <summary>Bytes of the tensors of a <see cref="Backward"/>, beside what forward carried.</summary>
    public long SizeOf(BackwardRequest request) =>
        request.DeltaGradients.OfType<TensorPayload>().Sum(_rows.SizeOf);

    /// <summary>A <see cref="Forward"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="attempt">Comes back with the answer.</param>
    /// <param name="keep">Whether backward will leave out what this carries, if the node still has it.</param>
    public WireMessage Encode(ForwardRequest request, int attempt, bool keep)
    {
        var forward = new Forward
        {
            Key = request.Key.ToWire(),
            Attempt = attempt,
            Version = request.ShardVersion,
            Keep = keep,
            Routes = { request.Routes.Select(HeadOf) },
            RouteOfTarget = { request.RouteOfTarget },
        };
        return new WireMessage(new Envelope { Forward = forward }, [.. TensorsOf(request)]);
    }

    /// <summary>A <see cref="ForwardDone"/>.</summary>
    public WireMessage Encode(ForwardReply reply, int attempt) => new(
        new Envelope { ForwardDone = new ForwardDone { Key = reply.Key.ToWire(), Attempt = attempt } },
        [.. reply.Deltas.OfType<TensorPayload>().Select(_rows.Encode)]);

    /// <summary>A <see cref="Backward"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="attempt">Comes back with the answer.</param>
    /// <param name="carriesForward">Whether it carries again what forward carried.</param>
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
            backward.Routes.Add(request.Forward.Routes.Select(HeadOf));
            backward.RouteOfTarget.Add(request.Forward.RouteOfTarget);
        }

        return new WireMessage(
            new Envelope { Backward = backward },
            [
                .. carriesForward ? TensorsOf(request.Forward) : [],
                .. request.DeltaGradients.OfType<TensorPayload>().Select(_rows.Encode),
            ]);
    }

    /// <summary>A <see cref="BackwardDone"/>: the critical part of the answer.</summary>
    public WireMessage Encode(RequestKey key, int attempt, TensorPayload? input, IReadOnlyList<TensorPayload> gates) => new(
        new Envelope { BackwardDone = new BackwardDone { Key = key.ToWire(), Attempt = attempt } },
        [
            .. input is null ? (TorchWireTensor[])[] : [_rows.Encode(input)],
            .. gates.Select(gate => _rows.EncodeExact(TorchPayload.Of(gate))),
        ]);

    /// <summary>A <see cref="ParameterGradients"/>.</summary>
    public WireMessage Encode(RequestKey key, int attempt, IReadOnlyList<ExpertGradient> gradients) => new(
        new Envelope
        {
            ParameterGradients = new ParameterGradients
            {
                Key = key.ToWire(),
                Attempt = attempt,
                Targets = { gradients.Select(gradient => gradient.Target) },
                Experts = { gradients.Select(gradient => gradient.Expert) },
            },
        },
        [
            .. gradients.SelectMany(gradient => (TensorPayload[])[gradient.A, gradient.B])
                .Select(gradient => _rows.EncodeExact(TorchPayload.Of(gradient))),
        ]);

    /// <summary>A <see cref="Publish"/> with the shards as they are now: the parameters may change at once.</summary>
    /// <param name="parameters">The adapter.</param>
    /// <param name="epoch">The coordinator's epoch.</param>
    /// <param name="version">The step whose commit made them.</param>
    /// <param name="shards">Which shards, ascending.</param>
    public WireMessage EncodePublish(ParameterVector parameters, long epoch, long version, IReadOnlyList<int> shards)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return new WireMessage(
            new Envelope { Publish = new Publish { Epoch = epoch, Version = version, Shards = { shards } } },
            [.. shards.Select(shard => parameters.Values.narrow(0, layout.ShardOffsets[shard], LengthOf(shard)))
                .Select(block => _rows.EncodeExact(block.clone()))]);
    }

    private long LengthOf(int shard) => layout.ShardOffsets[shard + 1] - layout.ShardOffsets[shard];

    private static RouteHead HeadOf(Route route) => new()
    {
        Rows = route.Rows.Count,
        Assignments = route.Positions.Count,
        Experts = route.Experts.Count,
    };

    private IEnumerable<WireTensor> TensorsOf(ForwardRequest request)
    {
        yield return _rows.Encode(request.Rows);
        foreach (var route in request.Routes)
        {
            yield return new TorchWireTensor(tensor([.. route.Rows, .. route.Positions, .. route.Experts, .. route.Counts]));
            yield return _rows.EncodeExact(TorchPayload.Of(route.Gates));
        }
    }
}
