using Google.Protobuf;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Framing;

/// <summary>A message whose head is there and whose tensors are being filled; owns them until it is complete. A tensor gets its
/// memory when the one before it is full, so that a head alone costs the room of one tensor.</summary>
internal sealed class IncomingMessage : IDisposable
{
    private readonly List<WireTensor> _tensors = [];
    private long _filled; // of the last tensor

    private IncomingMessage(uint id, Envelope envelope, long tensorBytes) =>
        (Id, Envelope, TensorBytes) = (id, envelope, tensorBytes);

    public uint Id { get; }

    public Envelope Envelope { get; }

    /// <summary>Bytes of all its tensors.</summary>
    public long TensorBytes { get; }

    public bool IsComplete => _tensors.Count == Envelope.Tensors.Count && (_tensors.Count == 0 || _filled == _tensors[^1].ByteCount);

    /// <summary>Reads a head and checks everything that it says of tensors; takes no memory for them.</summary>
    public static IncomingMessage Parse(uint id, ReadOnlySpan<byte> head, string peer)
    {
        Envelope envelope;
        try
        {
            envelope = Envelope.Parser.ParseFrom(head);
        }
        catch (InvalidProtocolBufferException cause)
        {
            throw new LinkException(peer, $"the head of message {id} is no envelope ({cause.Message.TrimEnd('.')})", cause);
        }

        if (envelope.BodyCase == Envelope.BodyOneofCase.None)
            throw new LinkException(peer, $"message {id} has no body that this version knows");
        if (envelope.Tensors.Count > FrameLimits.MostTensors)
        {
            throw new LinkException(peer, $"message {id} ({envelope.BodyCase}) announces {envelope.Tensors.Count:N0} tensors, "
                + $"at most {FrameLimits.MostTensors:N0} are allowed");
        }

        var total = 0L;
        for (var i = 0; i < envelope.Tensors.Count; i++)
        {
            // At most 2¹⁶ times 2³¹, so the sum cannot overflow.
            total += SizeOf(envelope, i, id, peer);
        }

        return new IncomingMessage(id, envelope, total);
    }

    /// <summary>Takes memory for tensors up to the first that wants bytes, once the one before is full.</summary>
    public void AllocateNext(IWireMemory memory, string peer)
    {
        while (_tensors.Count < Envelope.Tensors.Count && (_tensors.Count == 0 || _filled == _tensors[^1].ByteCount))
        {
            var head = Envelope.Tensors[_tensors.Count];
            try
            {
                _tensors.Add(memory.Allocate(head.Type, [.. head.Shape]));
            }
            catch (OutOfMemoryException cause)
            {
                throw new LinkException(peer, $"there is no memory for tensor {_tensors.Count} of message {Id} ({Envelope.BodyCase}), "
                    + $"{WireSize.Of(head.Type, head.Shape):N0} bytes", cause);
            }

            _filled = 0;
        }
    }

    /// <summary>Where the next bytes of the tensor go that is not full.</summary>
    public Memory<byte> Room(int bytes, string peer)
    {
        var left = _tensors[^1].ByteCount - _filled;
        return bytes <= left
            ? _tensors[^1].Bytes.Slice((int)_filled, bytes)
            : throw new LinkException(peer, $"a data frame of {bytes:N0} bytes for message {Id} ({Envelope.BodyCase}) goes over the end "
                + $"of tensor {_tensors.Count - 1}, which has room for {left:N0}");
    }

    /// <summary>Says that the bytes are there.</summary>
    public void Fill(int bytes) => _filled += bytes;

    /// <summary>Hands the tensors over.</summary>
    public WireMessage Complete() => new(Envelope, [.. _tensors]);

    public void Dispose()
    {
        foreach (var tensor in _tensors)
        {
            tensor.Dispose();
        }
    }

    private static long SizeOf(Envelope envelope, int index, uint id, string peer)
    {
        var head = envelope.Tensors[index];
        long size;
        try
        {
            size = WireSize.Of(head.Type, head.Shape);
        }
        catch (ArgumentException cause)
        {
            throw new LinkException(peer, $"tensor {index} of message {id} ({envelope.BodyCase}) is of type {(int)head.Type} with "
                + $"{head.Shape.Count} dimensions [{string.Join(", ", head.Shape.Take(WireSize.MostDimensions + 1))}], which is no size",
                cause);
        }

        return size <= FrameLimits.MostTensorBytes
            ? size
            : throw new LinkException(peer, $"tensor {index} of message {id} ({envelope.BodyCase}) announces {size:N0} bytes, "
                + $"at most {FrameLimits.MostTensorBytes:N0} are allowed");
    }
}
