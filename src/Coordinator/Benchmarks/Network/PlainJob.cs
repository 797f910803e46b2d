using System.Buffers.Binary;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>What two plain sockets do, from one end's view.</summary>
/// <param name="Sends">Messages that this end sends.</param>
/// <param name="SendBytes">Bytes of each.</param>
/// <param name="Receives">Messages that it receives; as many as it sends, where they go in turn.</param>
/// <param name="ReceiveBytes">Bytes of each.</param>
/// <param name="InTurn">Whether each message is an answer to the one before, else both directions are side by side.</param>
internal sealed record PlainJob(int Sends, int SendBytes, int Receives, int ReceiveBytes, bool InTurn)
{
    /// <summary>Bytes that it is told in.</summary>
    public const int Size = 5 * sizeof(int);

    /// <summary>The same from the other end's view.</summary>
    public PlainJob OfOtherEnd => new(Receives, ReceiveBytes, Sends, SendBytes, InTurn);

    /// <summary>As it is told.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Size];
        int[] fields = [Sends, SendBytes, Receives, ReceiveBytes, InTurn ? 1 : 0];
        for (var i = 0; i < fields.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), fields[i]);
        }

        return bytes;
    }

    /// <summary>What was told.</summary>
    public static PlainJob Read(ReadOnlySpan<byte> bytes) =>
        new(Field(bytes, 0), Field(bytes, 1), Field(bytes, 2), Field(bytes, 3), Field(bytes, 4) != 0);

    private static int Field(ReadOnlySpan<byte> bytes, int place) =>
        BinaryPrimitives.ReadInt32LittleEndian(bytes[(place * sizeof(int))..]);
}
