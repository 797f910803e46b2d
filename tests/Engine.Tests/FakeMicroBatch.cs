using MoR.Cluster.Protocol;

namespace MoR.Engine.Tests;

/// <summary>
/// A micro-batch of whole numbers over two shards and three dispatch points, which insists on the order of calls that
/// the contract promises.
/// </summary>
internal sealed class FakeMicroBatch : IMicroBatch
{
    private const int Shards = 2;
    private readonly OpenCount _open;
    private readonly int _position;
    private readonly List<FakePayload> _owned = [];
    private readonly List<string> _calls;
    private long _value;
    private bool _disposed;

    public FakeMicroBatch(OpenCount open, int position, List<string> calls)
    {
        (_open, _position, _calls) = (open, position, calls);
        _value = position + 1;
        open.Add("micro-batch");
    }

    public int DispatchPoints => 3;

    public bool AsksExperts { get; init; } = true;

    public IReadOnlyList<ForwardRequest> Forward(int dispatchPoint)
    {
        Log($"forward {dispatchPoint}");
        return AsksExperts ? [.. Enumerable.Range(0, Shards).Select(shard => Request(dispatchPoint, shard))] : [];
    }

    public void ForwardFrozen(int dispatchPoint) => Log($"frozen {dispatchPoint}");

    public void AcceptForward(int dispatchPoint, IReadOnlyList<ForwardReply> replies)
    {
        Log($"accept {dispatchPoint}");
        Assert.Equal(AsksExperts ? [0, 1] : [], replies.Select(reply => reply.Key.Shard));
        foreach (var reply in replies)
        {
            Assert.Equal((_position, dispatchPoint), (reply.Key.MicroBatch, reply.Key.DispatchPoint));

            // Not commutative, as sums of floating point numbers are not associative.
            _value = (31 * _value) + FakePayload.Of(reply.Deltas[0]!);
            reply.Dispose();
        }
    }

    public void Finish() => Log("finish");

    public IReadOnlyList<BackwardRequest> Backward(int dispatchPoint)
    {
        Log($"backward {dispatchPoint}");
        return
        [
            .. Enumerable.Range(0, Shards).Select(shard =>
            {
                var forward = Request(dispatchPoint, shard);
                var key = forward.Key with { Direction = Direction.Backward };
                return new BackwardRequest(key, forward, [Own()], NeedsInputGradient: true, NeedsGateGradients: true);
            }),
        ];
    }

    public void BackwardFrozen(int dispatchPoint) => Log($"backward frozen {dispatchPoint}");

    public void AcceptBackward(int dispatchPoint, IReadOnlyList<BackwardReply> replies)
    {
        Log($"accept backward {dispatchPoint}");
        Assert.Equal([0, 1], replies.Select(reply => reply.Key.Shard));
        foreach (var reply in replies)
        {
            _value = (17 * _value) + FakePayload.Of(reply.InputGradient!) + FakePayload.Of(reply.GateGradients[0]);
            reply.Dispose();
        }
    }

    public void AcceptParameterGradients(int dispatchPoint, IReadOnlyList<ExpertGradient> gradients)
    {
        Log("gradients");
        foreach (var gradient in gradients)
        {
            _value += FakePayload.Of(gradient.A) * FakePayload.Of(gradient.B);
            gradient.Dispose();
        }
    }

    public IMicroBatchDelta TakeDelta()
    {
        Log("delta");
        return new FakeDelta(_open, _position, _value);
    }

    public void Dispose()
    {
        Log("dispose");
        Assert.False(_disposed);
        _disposed = true;
        _owned.ForEach(payload => payload.Dispose());
        _open.Remove("micro-batch");
    }

    private ForwardRequest Request(int dispatchPoint, int shard) => new(
        new RequestKey(1, 1, _position, dispatchPoint, shard, Direction.Forward), 0, Own(), [], [0]);

    private FakePayload Own()
    {
        var payload = new FakePayload(_open, _value % 1000);
        _owned.Add(payload);
        return payload;
    }

    private void Log(string call)
    {
        Assert.False(_disposed, $"{call} after dispose");
        _calls.Add(call);
    }
}
