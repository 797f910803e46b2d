using Google.Protobuf;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Framing;

/// <summary>A message on its way to frames; does not own its tensors.</summary>
public sealed class OutgoingMessage
{
    /// <summary>The most bytes of the data frames that are sent: as many as are allowed. Smaller ones would let urgent messages in
    /// sooner (1 MiB is 8 ms at 1 Gbit/s) and cost more calls.</summary>
    public const int DataFrameBytes = FrameLimits.MostBodyBytes;

    private readonly byte[] _head;
    private readonly IReadOnlyList<WireTensor> _tensors;
    private int _tensor;
    private long _sent; // of that tensor
    private bool _hasBegun;

    /// <summary>Prepares a message; its envelope is written here and may change afterwards.</summary>
    /// <exception cref="ArgumentException">It is larger than the protocol or the link allows.</exception>
    public OutgoingMessage(WireMessage message, LinkOptions options)
    {
        (_head, _tensors, TensorBytes) = (message.Envelope.ToByteArray(), message.Tensors, message.TensorBytes);
        var problem = this switch
        {
            _ when _head.Length is 0 or > FrameLimits.MostBodyBytes =>
                $"an envelope of {_head.Length:N0} bytes, not between 1 and {FrameLimits.MostBodyBytes:N0}",
            _ when _tensors.Count > FrameLimits.MostTensors => $"{_tensors.Count:N0} tensors, at most {FrameLimits.MostTensors:N0}",
            _ when _tensors.Any(tensor => tensor.ByteCount > FrameLimits.MostTensorBytes) =>
                $"a tensor of {_tensors.Max(tensor => tensor.ByteCount):N0} bytes, at most {FrameLimits.MostTensorBytes:N0}",
            _ when TensorBytes > options.MostMessageBytes => $"tensors of {TensorBytes:N0} bytes, at most {options.MostMessageBytes:N0}",
            _ => null,
        };
        if (problem != null)
            throw new ArgumentException($"A message of kind {message.Envelope.BodyCase} cannot be sent: {problem}.", nameof(message));
        SkipFull();
    }

    /// <summary>Its id; set before the first frame.</summary>
    public uint Id { get; set; }

    /// <summary>Bytes of all its tensors.</summary>
    public long TensorBytes { get; }

    /// <summary>Bytes of the bodies of all its frames.</summary>
    public long BodyBytes => _head.Length + TensorBytes;

    /// <summary>Whether its head was taken.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Whether its last frame was taken.</summary>
    public bool IsDone => _hasBegun && _tensor == _tensors.Count;

    /// <summary>The body of the next frame: the head, then the tensors' bytes in order.</summary>
    public (FrameKind Kind, ReadOnlyMemory<byte> Body) Next()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            return (FrameKind.Head, _head);
        }

        var tensor = _tensors[_tensor];
        var length = (int)Math.Min(DataFrameBytes, tensor.ByteCount - _sent);
        var body = tensor.Bytes.Slice((int)_sent, length);
        _sent += length;
        SkipFull();
        return (FrameKind.Data, body);
    }

    private void SkipFull()
    {
        while (_tensor < _tensors.Count && _sent == _tensors[_tensor].ByteCount)
        {
            (_tensor, _sent) = (_tensor + 1, 0);
        }
    }
}
