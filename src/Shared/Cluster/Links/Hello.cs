using System.Buffers.Binary;
using System.Text;

namespace MoR.Cluster.Links;

/// <summary>
/// What each end says first, 44 bytes in every version of the protocol: magic "MoRlnk" (6), version u16, role u8 (1 node,
/// 2 coordinator), whether it has a join token u8 (0 or 1), reserved u16 (0), nonce (32). Numbers are little-endian.
/// </summary>
internal sealed class Hello
{
    public const int Size = 44;

    /// <summary>Bytes that no version changes: magic and version.</summary>
    public const int PrefixSize = 8;

    public const ushort ProtocolVersion = 2;

    private const int NonceStart = 12;
    private const byte TlsAlert = 0x15;
    private const byte TlsHandshake = 0x16;

    private static readonly byte[] _magic = "MoRlnk"u8.ToArray();

    /// <summary>What to say.</summary>
    public Hello(HandshakeRole role, bool hasToken, Action<Span<byte>> fillNonce)
    {
        _magic.CopyTo(Bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(_magic.Length), ProtocolVersion);
        Bytes[8] = (byte)role;
        Bytes[9] = hasToken ? (byte)1 : (byte)0;
        fillNonce(Bytes.AsSpan(NonceStart));
    }

    /// <summary>What was heard.</summary>
    public Hello(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Bytes);

    public byte[] Bytes { get; } = new byte[Size];

    public ReadOnlySpan<byte> Nonce => Bytes.AsSpan(NonceStart);

    public bool HasToken => Bytes[9] == 1;

    /// <summary>What is wrong with the first eight bytes that somebody sent, if they are no greeting at all.</summary>
    public static string? FaultOfPrefix(ReadOnlySpan<byte> prefix) => prefix switch
    {
        _ when prefix[.._magic.Length].SequenceEqual(_magic) => null,
        [TlsAlert or TlsHandshake, 3, ..] => "speaks TLS, and this end does not; give certificates to both ends or to none",
        _ => $"speaks another protocol: it begins with {Show(prefix)}, not with \"MoRlnk\"",
    };

    /// <summary>What is wrong with a greeting, if anything.</summary>
    /// <param name="own">What this end said.</param>
    /// <param name="expected">Who should be at the other end.</param>
    public string? Fault(Hello own, HandshakeRole expected)
    {
        var version = BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(_magic.Length));
        var reserved = BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(10));
        return this switch
        {
            _ when version != ProtocolVersion =>
                $"speaks version {version} of the protocol, and this end version {ProtocolVersion}; run the same build on both",
            _ when Nonce.SequenceEqual(own.Nonce) => "sent this end's own challenge back, as somebody does who knows no join token",
            _ when Bytes[8] != (byte)expected => $"calls itself {RoleName(Bytes[8])}, and {RoleName((byte)expected)} was expected",
            _ when Bytes[9] > 1 || reserved != 0 => $"greets with 0x{Bytes[9]:x2} and 0x{reserved:x4} where 0 or 1 and 0 belong",
            _ when HasToken && !own.HasToken => "has a join token, and this end has none; give both the same",
            _ when !HasToken && own.HasToken => "has no join token, and this end has one; give both the same",
            _ => null,
        };
    }

    private static string RoleName(byte role) => role switch
    {
        (byte)HandshakeRole.Node => "a node",
        (byte)HandshakeRole.Coordinator => "a coordinator",
        _ => $"0x{role:x2}",
    };

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var isText = true;
        foreach (var value in bytes)
        {
            isText &= value is >= 0x20 and < 0x7F;
        }

        return isText ? $"\"{Encoding.ASCII.GetString(bytes)}\"" : $"0x{Convert.ToHexStringLower(bytes)}";
    }
}
