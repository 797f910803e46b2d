using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Fuzzing;

/// <summary>Bytes of a connection in which something was changed.</summary>
/// <param name="Number">It is made again from this.</param>
/// <param name="Changed">What was changed.</param>
/// <param name="IsSummed">Whether the checksum of the changed frame was made right again.</param>
/// <param name="IsInOrder">Whether its frames are still all there, in order: what a checksum is to protect.</param>
/// <param name="Original">The messages before the change, as bytes.</param>
/// <param name="Bytes">What is sent.</param>
internal sealed record Mutant(
    int Number, string Changed, bool IsSummed, bool IsInOrder, IReadOnlyList<string> Original, byte[] Bytes)
{
    /// <summary>Decodes it, and checks what must hold of every mutant.</summary>
    /// <returns>Why it was refused; null where it was not.</returns>
    public string? Run(CountingMemory memory, long mostBytes)
    {
        List<string> seen = [];
        string? refusal = null;
        using (var decoder = new FrameDecoder("peer", new LinkOptions { MostMessageBytes = mostBytes }, memory, checksums: true))
        {
            try
            {
                Wire.Decode(decoder, Bytes, message => seen.Add(Digest(message)));
            }
            catch (LinkException exception)
            {
                refusal = exception.Problem;
            }
        }

        Assert.True(memory.LiveTensors == 0, $"{this}: {memory.LiveTensors} tensors are left");
        Assert.True(memory.MostLiveBytes <= mostBytes, $"{this}: {memory.MostLiveBytes} bytes of tensors at once");
        if (!IsSummed && IsInOrder)
            Assert.True(seen.SequenceEqual(Original.Take(seen.Count)), $"{this}: a changed message passed the checksum");
        return refusal;
    }

    public override string ToString() => $"mutant {Number} ({Changed})";

    /// <summary>A message as text that is the same only for the same message.</summary>
    public static string Digest(WireMessage message) =>
        message.Envelope + string.Concat(message.Tensors.Select(tensor => "|" + Convert.ToHexString(tensor.Bytes.Span)));
}
