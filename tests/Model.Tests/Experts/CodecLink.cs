using Google.Protobuf;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>
/// Nodes without a network: every request and answer becomes the bytes that would travel and is read from them, and the
/// experts compute from published blocks. Every second backward request carries what forward carried.
/// </summary>
internal sealed class CodecLink : IExpertLink, IDisposable
{
    private readonly ExpertCodec _coordinator;
    private readonly ExpertCodec _node;
    private readonly ParameterVector _parameters;
    private readonly SortedDictionary<int, ShardBlock> _held = [];
    private readonly Dictionary<RequestKey, ForwardRequest> _kept = [];
    private readonly Lock _lock = new();

    public CodecLink(ParameterVector parameters, string backboneConfig, WireType wire)
    {
        var (layout, dtype) = (AdapterLayout.Of(parameters), parameters.Values.dtype);
        var (nodeLayout, nodeWire) = AdapterShapes.Read(
            AdapterShape.Parser.ParseFrom(AdapterShapes.Write(backboneConfig, layout.Spec, wire).ToByteArray()));
        _parameters = parameters;
        _coordinator = new ExpertCodec(layout, wire, dtype, CPU);
        _node = new ExpertCodec(nodeLayout, nodeWire, dtype, CPU);
        Publish(0);
    }

    /// <summary>Requests that were answered, by whether backward carried what forward carried.</summary>
    public (int Forward, int Carrying, int Keyed) Answered { get; private set; }

    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        using var sent = _coordinator.Encode(request, attempt: 1, keep: true);
        var received = _node.DecodeForward(Travel(sent));
        var block = HeldFor(received);
        using var reply = ExpertMath.Forward(block.Parameters, received);
        using var answer = _node.Encode(reply, attempt: 1);
        lock (_lock)
        {
            _kept[received.Key] = received;
            Answered = Answered with { Forward = Answered.Forward + 1 };
        }

        return Task.FromResult(_coordinator.DecodeForwardDone(Travel(answer), request));
    }

    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        ForwardRequest? kept;
        var carries = false;
        lock (_lock)
        {
            _kept.Remove(request.Forward.Key, out kept);
            carries = (Answered.Carrying + Answered.Keyed) % 2 == 0;
            Answered = carries
                ? Answered with { Carrying = Answered.Carrying + 1 }
                : Answered with { Keyed = Answered.Keyed + 1 };
        }

        if (carries)
        {
            kept!.Dispose();
        }

        using var sent = _coordinator.Encode(request, attempt: 1, carries);
        using var received = _node.DecodeBackward(Travel(sent), carries ? null : kept);
        using var forward = received.Forward;
        var block = HeldFor(forward);
        var (input, gates, later) = ExpertMath.Backward(block.Parameters, received);
        using var work = later;
        using var critical = new BackwardReply(received.Key, input, gates, null!);
        using var answer = _node.Encode(received.Key, attempt: 1, input, gates);
        var (inputBack, gatesBack) = _coordinator.DecodeBackwardDone(Travel(answer), request);
        var gradients = work.Run();
        using var rest = _node.Encode(received.Key, attempt: 1, gradients);
        foreach (var gradient in gradients)
        {
            gradient.Dispose();
        }

        return Task.FromResult(new BackwardReply(
            request.Key, inputBack, gatesBack, Task.FromResult(_coordinator.DecodeParameterGradients(Travel(rest), request))));
    }

    public Task PublishAsync(long version, CancellationToken cancel)
    {
        Publish(version);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var block in _held.Values)
        {
            block.Dispose();
        }

        foreach (var request in _kept.Values)
        {
            request.Dispose();
        }
    }

    /// <summary>What the other end reads of a message: the envelope parsed, the tensors copied into new memory.</summary>
    public static WireMessage Travel(WireMessage message)
    {
        var memory = new TorchWireMemory();
        var envelope = Envelope.Parser.ParseFrom(message.Envelope.ToByteArray());
        return new WireMessage(envelope, [.. envelope.Tensors.Zip(message.Tensors, (head, sent) =>
        {
            var tensor = memory.Allocate(head.Type, head.Shape);
            sent.Bytes.CopyTo(tensor.Bytes);
            return tensor;
        })]);
    }

    private void Publish(long version)
    {
        int[] shards = [.. Enumerable.Range(0, AdapterLayout.Of(_parameters).Spec.Experts.Shards)];
        using var sent = _coordinator.EncodePublish(_parameters, epoch: 1, version, shards);
        foreach (var block in _node.DecodePublish(Travel(sent)))
        {
            if (_held.Remove(block.Shard, out var old))
            {
                old.Dispose();
            }

            _held.Add(block.Shard, block);
        }
    }

    private ShardBlock HeldFor(ForwardRequest request)
    {
        var block = _held[request.Key.Shard];
        Assert.Equal(request.ShardVersion, block.Version);
        return block;
    }
}
