using MoR.Cluster.Framing;

namespace MoR.Cluster.Links;

/// <summary>
/// What waits to be sent, in the order in which frames go: of the most urgent message first, and a more urgent one may begin
/// between two frames of another. Messages of one priority keep their order. Not thread-safe.
/// </summary>
/// <param name="mostOpenBytes">Messages are begun side by side only while their tensors together have at most so many bytes, as
/// the receiver takes no more.</param>
internal sealed class SendQueue(long mostOpenBytes)
{
    private readonly Queue<PendingSend>[] _lanes = [new(), new(), new()];
    private long _openBytes;
    private uint _lastId;

    /// <summary>Adds a message behind those of its priority.</summary>
    public void Add(PendingSend send, SendPriority priority) => _lanes[(int)priority].Enqueue(send);

    /// <summary>Takes the next frame.</summary>
    /// <returns>The message it is of, or null when nothing waits.</returns>
    public PendingSend? TryTake(out FrameKind kind, out ReadOnlyMemory<byte> body)
    {
        foreach (var lane in _lanes)
        {
            if (!lane.TryPeek(out var send))
                continue;
            var message = send.Message;
            if (!message.HasBegun && !Begin(message))
                continue;
            (kind, body) = message.Next();
            if (message.IsDone)
            {
                lane.Dequeue();
                _openBytes -= message.TensorBytes;
            }

            return send;
        }

        (kind, body) = (default, default);
        return null;
    }

    /// <summary>Takes out everything, most urgent first.</summary>
    public List<PendingSend> TakeAll()
    {
        List<PendingSend> all = [.. _lanes.SelectMany(lane => lane)];
        foreach (var lane in _lanes)
        {
            lane.Clear();
        }

        return all;
    }

    private bool Begin(OutgoingMessage message)
    {
        if (message.TensorBytes > mostOpenBytes - _openBytes)
            return false;
        _openBytes += message.TensorBytes;
        message.Id = unchecked(++_lastId);
        return true;
    }
}
