using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Support;

/// <summary>Frames as bytes, without a link.</summary>
internal static class Wire
{
    /// <summary>A frame with its right checksum.</summary>
    public static byte[] Frame(FrameKind kind, uint id, ReadOnlySpan<byte> body, bool checksums = true)
    {
        var bytes = new byte[FrameHeader.Size + body.Length];
        FrameHeader.Of(kind, id, body, checksums).Write(bytes);
        body.CopyTo(bytes.AsSpan(FrameHeader.Size));
        return bytes;
    }

    /// <summary>All frames of a message.</summary>
    public static List<byte[]> Frames(
        WireMessage message, uint id, bool checksums = true, int mostDataBytes = OutgoingMessage.DataFrameBytes)
    {
        var outgoing = new OutgoingMessage(message, new LinkOptions());
        List<byte[]> frames = [];
        while (!outgoing.IsDone)
        {
            var (kind, body) = outgoing.Next();
            for (var start = 0; start < body.Length; start += mostDataBytes)
            {
                var end = kind == FrameKind.Head ? body.Length : Math.Min(start + mostDataBytes, body.Length);
                frames.Add(Frame(kind, id, body.Span[start..end], checksums));
            }
        }

        return frames;
    }

    /// <summary>Gives bytes to a decoder as a link would; half a frame at the end is left. Messages are disposed of once seen.</summary>
    public static void Decode(FrameDecoder decoder, ReadOnlySpan<byte> bytes, Action<WireMessage> seen)
    {
        while (bytes.Length >= FrameHeader.Size)
        {
            var body = decoder.Begin(bytes[..FrameHeader.Size]);
            bytes = bytes[FrameHeader.Size..];
            if (bytes.Length < body.Length)
                return;
            bytes[..body.Length].CopyTo(body.Span);
            decoder.Received(body.Span);
            bytes = bytes[body.Length..];
            using var message = decoder.End();
            if (message != null)
                seen(message);
        }
    }
}
