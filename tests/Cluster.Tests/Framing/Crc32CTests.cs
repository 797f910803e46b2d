using System.Text;
using MoR.Cluster.Framing;

namespace MoR.Cluster.Tests.Framing;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4 (read as little-endian numbers); the check value of the catalogue of CRCs.
    public static TheoryData<string, byte[], uint> Published { get; } = new()
    {
        { "32 zeros", new byte[32], 0x8A9136AA },
        { "32 ones", [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { "0 to 31", [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { "31 to 0", [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5C },
        { "digits", Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { "nothing", [], 0 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Sums_agree_with_the_published_ones(string what, byte[] bytes, uint expected)
    {
        Assert.Equal($"{what}: {expected:x8}", $"{what}: {Crc32C.Of(bytes):x8}");
        Assert.Equal(expected, BitByBit(bytes));
    }

    [Fact]
    public void Sums_of_every_length_and_start_agree_with_bit_by_bit_arithmetic()
    {
        var random = new System.Random(7);
        var bytes = new byte[60_000];
        random.NextBytes(bytes);
        int[] lengths = [.. Enumerable.Range(0, 40), 767, 768, 769, 1_543, 24_575, 24_576, 24_577, 49_152, 50_001];
        foreach (var length in lengths)
        {
            var start = random.Next(16);
            var part = bytes.AsSpan(start, length);
            Assert.True(BitByBit(part) == Crc32C.Of(part), $"seed 7, {length} bytes from {start}");
        }
    }

    [Fact]
    public void A_sum_goes_on_over_any_cut()
    {
        var random = new System.Random(8);
        var bytes = new byte[100_000];
        random.NextBytes(bytes);
        var whole = Crc32C.Of(bytes);
        for (var i = 0; i < 50; i++)
        {
            var cut = random.Next(bytes.Length);
            Assert.True(whole == Crc32C.Append(Crc32C.Of(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)), $"seed 8, cut at {cut}");
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var state = ~0u;
        foreach (var value in bytes)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
            }
        }

        return ~state;
    }
}
