using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Random;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Tests.Reference;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>
/// A request to shard 1 of 2 at {q, k, v}, where k has no experts and q and v have a router each, with its answers: every kind of
/// message that the codec reads.
/// </summary>
internal sealed class MessageSamples : IDisposable
{
    private readonly TinyBackbone _tiny = new();
    private readonly TestModel _model;
    private readonly List<ExpertGradient> _gradients = [];
    private readonly ForwardReply _reply;
    private readonly BackwardReply _critical;

    public MessageSamples(WireType wire = WireType.F32)
    {
        _model = new TestModel(
            _tiny.Folder, AdapterCase.Parse("topk scope=linear counts=4 shards=2 rank=2 targets=q_proj,v_proj,o_proj", 2));
        _model.Randomise(seed: 1);
        Layout = AdapterLayout.Of(_model.Parameters);
        Codec = new ExpertCodec(Layout, wire, float32, CPU);
        var key = new RequestKey(3, 7, 2, 0, 1, Direction.Forward);
        Forward = new ForwardRequest(
            key, 6, Payload([5, 16], 1),
            [
                new Route([0, 2, 3], [0, 1, 1, 2], [1, 3], [2, 2], Payload([4], 2)),
                new Route([1, 4], [0, 1], [3], [2], Payload([2], 3)),
            ],
            [0, -1, 1]);
        Backward = new BackwardRequest(
            key with { Direction = Direction.Backward }, Forward, [Payload([3, 16], 4), null, Payload([2, 8], 5)], true, true);
        _reply = ExpertMath.Forward(Shard, Forward);
        var (input, gates, later) = ExpertMath.Backward(Shard, Backward);
        _critical = new BackwardReply(Backward.Key, input, gates, null!);
        using var work = later;
        _gradients.AddRange(work.Run());
    }

    public AdapterLayout Layout { get; }

    public ExpertCodec Codec { get; }

    public ShardParameters Shard => new(_model.Parameters);

    public ForwardRequest Forward { get; }

    public BackwardRequest Backward { get; }

    /// <summary>A new message of a kind.</summary>
    public WireMessage Make(string kind) => kind switch
    {
        "Forward" => Codec.Encode(Forward, 1, keep: true),
        "ForwardDone" => Codec.Encode(_reply, 1),
        "Backward" => Codec.Encode(Backward, 1, carriesForward: false),
        "Backward, carrying" => Codec.Encode(Backward, 1, carriesForward: true),
        "BackwardDone" => Codec.Encode(Backward.Key, 1, _critical.InputGradient, _critical.GateGradients),
        "ParameterGradients" => Codec.Encode(Backward.Key, 1, _gradients),
        "Publish" => Codec.EncodePublish(_model.Parameters, 3, 7, [0, 1]),
        _ => throw new ArgumentException(kind, nameof(kind)),
    };

    public static IReadOnlyList<string> Kinds { get; } =
        ["Forward", "ForwardDone", "Backward", "Backward, carrying", "BackwardDone", "ParameterGradients", "Publish"];

    /// <summary>Decodes a message, computes with the result, and frees it.</summary>
    public void Use(WireMessage message)
    {
        switch (message.Envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Forward:
                using (var request = Codec.DecodeForward(message))
                using (ExpertMath.Forward(Shard, request))
                {
                    break;
                }

            case Envelope.BodyOneofCase.ForwardDone:
                Codec.DecodeForwardDone(message, Forward).Dispose();
                break;
            case Envelope.BodyOneofCase.Backward:
                UseBackward(message);
                break;
            case Envelope.BodyOneofCase.BackwardDone:
                var (input, gates) = Codec.DecodeBackwardDone(message, Backward);
                new BackwardReply(Backward.Key, input, gates, null!).Dispose();
                break;
            case Envelope.BodyOneofCase.ParameterGradients:
                Free(Codec.DecodeParameterGradients(message, Backward));
                break;
            case Envelope.BodyOneofCase.Publish:
                Free(Codec.DecodePublish(message));
                break;
        }
    }

    public void Dispose()
    {
        Free(_gradients);
        _critical.Dispose();
        _reply.Dispose();
        Backward.Dispose();
        Forward.Dispose();
        _model.Dispose();
        _tiny.Dispose();
    }

    private void UseBackward(WireMessage message)
    {
        using var request = Codec.DecodeBackward(message, Forward);
        var (input, gates, later) = ExpertMath.Backward(Shard, request);
        using var work = later;
        using var critical = new BackwardReply(request.Key, input, gates, null!);
        Free(work.Run());
        if (!ReferenceEquals(request.Forward, Forward))
        {
            request.Forward.Dispose();
        }
    }

    private static void Free(IReadOnlyList<IDisposable> many)
    {
        foreach (var one in many)
        {
            one.Dispose();
        }
    }

    private static TorchPayload Payload(long[] shape, ulong seed)
    {
        var random = new CounterRandom(seed);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.NextGaussian();
        }

        return new TorchPayload(tensor(values, shape));
    }
}
