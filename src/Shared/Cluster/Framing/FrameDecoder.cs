using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Framing;

/// <summary>
/// Frames of one direction become messages. It asks for bytes and never waits: header in, place of the body out, and after the
/// body perhaps a message. Data goes straight into the memory of its tensor. Every fault is a <see cref="LinkException"/> that
/// says what and which value; after one, the decoder is only good for <see cref="Dispose"/>.
/// </summary>
/// <param name="peer">Who sends, for messages.</param>
/// <param name="options">Limits.</param>
/// <param name="memory">Where tensors are put.</param>
/// <param name="checksums">Whether frames carry checksums.</param>
public sealed class FrameDecoder(string peer, LinkOptions options, IWireMemory memory, bool checksums) : IDisposable
{
    private readonly List<IncomingMessage> _open = [];
    private byte[] _head = [];
    private FrameHeader _header;
    private IncomingMessage? _message;
    private uint _checksum;
    private uint _lastId;
    private long _openBytes;

    /// <summary>Whether a message has begun and is not complete.</summary>
    public bool IsInsideMessage => _open.Count > 0;

    /// <summary>Takes a header.</summary>
    /// <param name="bytes">Its 16 bytes.</param>
    /// <returns>Where the body's bytes go; empty when there is none.</returns>
    public Memory<byte> Begin(ReadOnlySpan<byte> bytes)
    {
        _header = FrameHeader.Read(bytes, checksums, peer);
        _checksum = checksums ? Crc32C.Of(bytes[..FrameHeader.SummedBytes]) : 0;
        switch (_header.Kind)
        {
            case FrameKind.Head:
                BeginHead();
                return _head.AsMemory(0, _header.BodyBytes);
            case FrameKind.Data:
                _message = _open.Find(message => message.Id == _header.MessageId)
                    ?? throw Fault($"a data frame is for message {_header.MessageId}, which is not open ({OpenIds()} are)");
                return _message.Room(_header.BodyBytes, peer);
            default:
                return Memory<byte>.Empty;
        }
    }

    /// <summary>Says that more of the body is in its place.</summary>
    public void Received(ReadOnlySpan<byte> part)
    {
        if (checksums)
            _checksum = Crc32C.Append(_checksum, part);
    }

    /// <summary>Takes the frame whose body is now in its place.</summary>
    /// <returns>The message that it completes, which is the caller's; null when it completes none.</returns>
    public WireMessage? End()
    {
        if (_checksum != _header.Checksum)
        {
            throw Fault($"a frame of kind {_header.Kind} and {_header.BodyBytes:N0} bytes for message {_header.MessageId} has "
                + $"checksum 0x{_header.Checksum:x8}, and its bytes have 0x{_checksum:x8}");
        }

        switch (_header.Kind)
        {
            case FrameKind.Head:
                Open(IncomingMessage.Parse(_header.MessageId, _head.AsSpan(0, _header.BodyBytes), peer));
                break;
            case FrameKind.Data:
                _message!.Fill(_header.BodyBytes);
                break;
            default:
                return null;
        }

        _message!.AllocateNext(memory, peer);
        return _message.IsComplete ? Close(_message) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var message in _open)
        {
            message.Dispose();
        }

        _open.Clear();
    }

    private void BeginHead()
    {
        if (_header.MessageId != unchecked(_lastId + 1))
        {
            throw Fault($"a message begins with id {_header.MessageId}, and ids count up: {unchecked(_lastId + 1)} is next");
        }

        if (_open.Count == FrameLimits.MostOpenMessages)
        {
            throw Fault($"message {_header.MessageId} begins while {_open.Count} are open ({OpenIds()}), the most there may be");
        }

        _lastId = _header.MessageId;
        if (_head.Length < _header.BodyBytes)
            _head = new byte[_header.BodyBytes];
    }

    private void Open(IncomingMessage message)
    {
        if (message.TensorBytes > options.MostMessageBytes - _openBytes)
        {
            throw Fault($"message {message.Id} ({message.Envelope.BodyCase}) announces tensors of {message.TensorBytes:N0} bytes while "
                + $"others of {_openBytes:N0} bytes are open, and {options.MostMessageBytes:N0} are allowed together");
        }

        _openBytes += message.TensorBytes;
        _open.Add(message);
        _message = message;
    }

    private WireMessage Close(IncomingMessage message)
    {
        _open.Remove(message);
        _openBytes -= message.TensorBytes;
        return message.Complete();
    }

    private string OpenIds() => _open.Count == 0 ? "none" : string.Join(", ", _open.Select(message => message.Id));

    private LinkException Fault(string problem) => new(peer, problem);
}
