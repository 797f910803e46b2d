using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Support;

/// <summary>Messages for tests: told apart by a number, with tensors whose bytes follow from it.</summary>
internal static class Messages
{
    /// <summary>A message with i32 tensors of these numbers of values.</summary>
    public static WireMessage Make(long number, params long[] sizes)
    {
        var tensors = sizes.Select(size => (WireTensor)new ArrayTensor(ElementType.I32, [size])).ToList();
        for (var i = 0; i < tensors.Count; i++)
        {
            Fill(tensors[i].Bytes.Span, number + i);
        }

        return new WireMessage(new Envelope { Published = new Published { Epoch = number } }, tensors);
    }

    public static long Number(this WireMessage message) => message.Envelope.Published.Epoch;

    /// <summary>Whether it is what <see cref="Make"/> makes of these.</summary>
    public static void AssertIs(this WireMessage message, long number, params long[] sizes)
    {
        using var expected = Make(number, sizes);
        Assert.Equal(expected.Envelope, message.Envelope);
        Assert.Equal(sizes.Length, message.Tensors.Count);
        for (var i = 0; i < sizes.Length; i++)
        {
            Assert.True(expected.Tensors[i].Bytes.Span.SequenceEqual(message.Tensors[i].Bytes.Span), $"tensor {i} differs");
        }
    }

    private static void Fill(Span<byte> bytes, long seed)
    {
        var state = (ulong)seed;
        for (var i = 0; i < bytes.Length; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            bytes[i] = (byte)(state >> 56);
        }
    }
}
