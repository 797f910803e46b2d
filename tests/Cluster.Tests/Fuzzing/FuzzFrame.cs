using Google.Protobuf;
using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Fuzzing;

/// <summary>A frame that can be changed field by field.</summary>
internal sealed record FuzzFrame(FrameKind Kind, uint Id, byte[] Header, byte[] Body)
{
    /// <summary>The fields of a header: name, first byte, length.</summary>
    public static IReadOnlyList<(string Name, int At, int Size)> HeaderFields { get; } =
    [
        ("header.length", 0, 4), ("header.kind", 4, 1), ("header.flags", 5, 1), ("header.id", 8, 4), ("header.check", 6, 2),
        ("header.checksum", 12, 4),
    ];

    public static FuzzFrame Of(FrameKind kind, uint id, byte[] body) => new(kind, id, Wire.Frame(kind, id, body)[..FrameHeader.Size], body);

    /// <summary>How many of them, at the end, are sums of the others.</summary>
    public const int Sums = 2;

    /// <summary>The same header with another body, of the right length; check and checksum stay.</summary>
    public FuzzFrame With(byte[] body)
    {
        var header = Header.ToArray();
        BitConverter.TryWriteBytes(header, body.Length);
        return this with { Header = header, Body = body };
    }

    public Envelope Envelope() => Protocol.Wire.Envelope.Parser.ParseFrom(Body);

    public FuzzFrame With(Envelope envelope) => With(envelope.ToByteArray());
}
