using MoR.Cluster.Framing;

namespace MoR.Cluster.Links;

/// <summary>
/// The receiving half of a link: one loop, which stops reading while nobody takes what it received. Headers and small bodies
/// come through a buffer; large bodies are read into the memory of their tensors.
/// </summary>
internal sealed class LinkReader(string peer, Stream stream, FrameDecoder decoder, ReceiveQueue received, Action<bool> heard)
{
    private const int BufferBytes = 1 << 15;

    // What was read is summed while the second-level cache still has it.
    private const int MostReadBytes = 1 << 18;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _isInsideFrame;

    /// <summary>Reads until the stream ends, which is an exception, or somebody closes it.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            while (_end - _start < FrameHeader.Size)
            {
                await FillAsync();
            }

            _isInsideFrame = true;
            var body = decoder.Begin(_buffer.AsSpan(_start, FrameHeader.Size));
            _start += FrameHeader.Size;
            await ReadBodyAsync(body);
            _isInsideFrame = false;
            if (decoder.End() is not { } message)
                continue;
            // Whoever takes it goes on here, and until then nothing is read, which is no silence of the other end.
            heard(false);
            received.Add(message);
            await received.RoomAsync();
            heard(true);
        }
    }

    private async ValueTask ReadBodyAsync(Memory<byte> body)
    {
        while (!body.IsEmpty)
        {
            int taken;
            if (_start < _end)
            {
                taken = Math.Min(body.Length, _end - _start);
                _buffer.AsSpan(_start, taken).CopyTo(body.Span);
                _start += taken;
            }
            else if (body.Length <= BufferBytes)
            {
                await FillAsync();
                continue;
            }
            else
            {
                taken = await ReadAsync(body[..Math.Min(body.Length, MostReadBytes)]);
            }

            decoder.Received(body.Span[..taken]);
            body = body[taken..];
        }
    }

    private async ValueTask FillAsync()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        _end += await ReadAsync(_buffer.AsMemory(_end));
    }

    private async ValueTask<int> ReadAsync(Memory<byte> room)
    {
        var bytes = await stream.ReadAsync(room);
        heard(true);
        if (bytes > 0)
            return bytes;
        throw new LinkException(peer, decoder.IsInsideMessage || _isInsideFrame || _start < _end
            ? "the connection ended inside a message"
            : "the other end closed the connection");
    }
}
