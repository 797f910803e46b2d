using System.Buffers.Binary;
using MoR.Cluster.Links;

namespace MoR.Cluster.Framing;

/// <summary>
/// The 16 bytes before a frame's body, little-endian: length of the body u32, kind u8, flags u8 (0), reserved u16 (0), message
/// id u32, CRC-32C u32 of the twelve bytes before it and the body (0 where TLS guards the bytes).
/// </summary>
/// <param name="BodyBytes">Length of the body.</param>
/// <param name="Kind">What the frame carries.</param>
/// <param name="MessageId">Which message of this direction it belongs to; 0 for a heartbeat.</param>
/// <param name="Checksum">As received or to be sent.</param>
public readonly record struct FrameHeader(int BodyBytes, FrameKind Kind, uint MessageId, uint Checksum)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 16;

    /// <summary>Bytes of a header that its checksum is over.</summary>
    public const int SummedBytes = 12;

    /// <summary>The header of a frame that is to be sent.</summary>
    public static FrameHeader Of(FrameKind kind, uint messageId, ReadOnlySpan<byte> body, bool checksums)
    {
        var header = new FrameHeader(body.Length, kind, messageId, Checksum: 0);
        if (!checksums)
            return header;
        Span<byte> bytes = stackalloc byte[Size];
        header.Write(bytes);
        return header with { Checksum = Crc32C.Append(Crc32C.Of(bytes[..SummedBytes]), body) };
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, BodyBytes);
        bytes[4] = (byte)Kind;
        bytes[5..8].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], MessageId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[SummedBytes..], Checksum);
    }

    /// <summary>Reads 16 bytes and checks what can be checked before the body is there.</summary>
    /// <exception cref="LinkException">A field has a value that the protocol does not allow.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes, bool checksums, string peer)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var kind = (FrameKind)bytes[4];
        var reserved = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        var id = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SummedBytes..]);
        var problem = kind switch
        {
            not (FrameKind.Head or FrameKind.Data or FrameKind.Heartbeat) =>
                $"a frame is of kind {bytes[4]}, and there are 1 (head), 2 (data) and 3 (heartbeat)",
            FrameKind.Heartbeat when length != 0 => $"a heartbeat has a body of {length:N0} bytes, not 0",
            FrameKind.Heartbeat when id != 0 => $"a heartbeat has message id {id}, not 0",
            FrameKind.Head or FrameKind.Data when length is 0 or > FrameLimits.MostBodyBytes =>
                $"a frame has a body of {length:N0} bytes, not between 1 and {FrameLimits.MostBodyBytes:N0}",
            _ when bytes[5] != 0 => $"a frame has flags 0x{bytes[5]:x2}, and 0 is the only value",
            _ when reserved != 0 => $"a frame has 0x{reserved:x4} in its reserved bytes, not 0",
            _ when !checksums && checksum != 0 => $"a frame has checksum 0x{checksum:x8}, and there is none under TLS (0)",
            _ => null,
        };
        return problem == null ? new FrameHeader((int)length, kind, id, checksum) : throw new LinkException(peer, problem);
    }
}
