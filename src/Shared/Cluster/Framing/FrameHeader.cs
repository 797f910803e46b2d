using System.Buffers.Binary;
using MoR.Cluster.Links;

namespace MoR.Cluster.Framing;

/// <summary>
/// The 16 bytes before a frame's body, little-endian: length of the body u32, kind u8, flags u8 (0), check of the header u16, message
/// id u32, CRC-32C u32 of the twelve bytes before it and the body. Check and checksum are 0 where TLS guards the bytes.
/// </summary>
/// <param name="BodyBytes">Length of the body.</param>
/// <param name="Kind">What the frame carries.</param>
/// <param name="MessageId">Which message of this direction it belongs to; 0 for a heartbeat.</param>
/// <param name="Check">Of the header alone. A length must be right before it is waited for: the checksum comes too late, as a link
/// that waits for too long a body takes whatever follows, heartbeats too, for a part of it.</param>
/// <param name="Checksum">Of header and body, as received or to be sent.</param>
public readonly record struct FrameHeader(int BodyBytes, FrameKind Kind, uint MessageId, ushort Check, uint Checksum)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 16;

    /// <summary>Bytes of a header that its checksum is over.</summary>
    public const int SummedBytes = 12;

    /// <summary>Where the check is.</summary>
    public const int CheckStart = 6;

    private const int IdStart = 8;

    /// <summary>The header of a frame that is to be sent.</summary>
    public static FrameHeader Of(FrameKind kind, uint messageId, ReadOnlySpan<byte> body, bool checksums)
    {
        var header = new FrameHeader(body.Length, kind, messageId, Check: 0, Checksum: 0);
        if (!checksums)
            return header;
        Span<byte> bytes = stackalloc byte[Size];
        header.Write(bytes);
        header = header with { Check = CheckOf(bytes) };
        header.Write(bytes);
        return header with { Checksum = Crc32C.Append(Crc32C.Of(bytes[..SummedBytes]), body) };
    }

    /// <summary>What the check of a header is to be: the lower half of the CRC-32C of the summed bytes with 0 in its place.</summary>
    public static ushort CheckOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> summed = stackalloc byte[SummedBytes];
        bytes[..SummedBytes].CopyTo(summed);
        summed[CheckStart..IdStart].Clear();
        return (ushort)Crc32C.Of(summed);
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, BodyBytes);
        bytes[4] = (byte)Kind;
        bytes[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[CheckStart..], Check);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[IdStart..], MessageId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[SummedBytes..], Checksum);
    }

    /// <summary>Reads 16 bytes and checks what can be checked before the body is there.</summary>
    /// <exception cref="LinkException">A field has a value that the protocol does not allow.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes, bool checksums, string peer)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var kind = (FrameKind)bytes[4];
        var check = BinaryPrimitives.ReadUInt16LittleEndian(bytes[CheckStart..]);
        var expected = checksums ? CheckOf(bytes) : (ushort)0;
        var id = BinaryPrimitives.ReadUInt32LittleEndian(bytes[IdStart..]);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SummedBytes..]);
        var problem = kind switch
        {
            _ when checksums && check != expected =>
                $"the header of a frame has check 0x{check:x4}, and its bytes have 0x{expected:x4}",
            not (FrameKind.Head or FrameKind.Data or FrameKind.Heartbeat) =>
                $"a frame is of kind {bytes[4]}, and there are 1 (head), 2 (data) and 3 (heartbeat)",
            FrameKind.Heartbeat when length != 0 => $"a heartbeat has a body of {length:N0} bytes, not 0",
            FrameKind.Heartbeat when id != 0 => $"a heartbeat has message id {id}, not 0",
            FrameKind.Head or FrameKind.Data when length is 0 or > FrameLimits.MostBodyBytes =>
                $"a frame has a body of {length:N0} bytes, not between 1 and {FrameLimits.MostBodyBytes:N0}",
            _ when bytes[5] != 0 => $"a frame has flags 0x{bytes[5]:x2}, and 0 is the only value",
            _ when !checksums && checksum != 0 => $"a frame has checksum 0x{checksum:x8}, and there is none under TLS (0)",
            _ when check != expected => $"the header of a frame has check 0x{check:x4}, and there is none under TLS (0)",
            _ => null,
        };
        return problem == null ? new FrameHeader((int)length, kind, id, check, checksum) : throw new LinkException(peer, problem);
    }
}
