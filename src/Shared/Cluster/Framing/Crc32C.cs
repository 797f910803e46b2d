using System.Numerics;
using System.Runtime.InteropServices;

namespace MoR.Cluster.Framing;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's instruction where there is one. The instruction takes three
/// cycles and can begin every cycle, so three stretches are summed side by side and then combined: the sum of A followed by B is
/// that of A times x^(8·|B|), plus that of B, modulo the polynomial.
/// </summary>
public static class Crc32C
{
    private const uint Polynomial = 0x82F63B78; // bit-reversed: the highest bit is x⁰
    private const int LongBlock = 1 << 13;
    private const int ShortBlock = 1 << 10;

    private static readonly uint _afterLongBlock = PowerOfX(LongBlock);
    private static readonly uint _afterShortBlock = PowerOfX(ShortBlock);

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> is of, followed by more bytes.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var state = ~checksum;
        state = Triples(state, ref bytes, LongBlock, _afterLongBlock);
        state = Triples(state, ref bytes, ShortBlock, _afterShortBlock);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (var value in bytes[(bytes.Length & ~7)..])
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }

    /// <summary>Takes as many times three blocks as there are.</summary>
    private static uint Triples(uint state, ref ReadOnlySpan<byte> bytes, int block, uint afterBlock)
    {
        while (bytes.Length >= 3 * block)
        {
            var first = MemoryMarshal.Cast<byte, ulong>(bytes[..block]);
            var second = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(block, block))[..first.Length];
            var third = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * block, block))[..first.Length];
            uint a = state, b = 0, c = 0;
            for (var i = 0; i < first.Length; i++)
            {
                a = BitOperations.Crc32C(a, first[i]);
                b = BitOperations.Crc32C(b, second[i]);
                c = BitOperations.Crc32C(c, third[i]);
            }

            state = Times(Times(a, afterBlock) ^ b, afterBlock) ^ c;
            bytes = bytes[(3 * block)..];
        }

        return state;
    }

    /// <summary>x to the power of eight times a number of bytes, which is a power of two.</summary>
    private static uint PowerOfX(int bytes)
    {
        var power = 1u << (31 - 8);
        for (var n = 1; n < bytes; n *= 2)
        {
            power = Times(power, power);
        }

        return power;
    }

    /// <summary>The product of two polynomials, modulo the polynomial.</summary>
    private static uint Times(uint a, uint b)
    {
        var product = 0u;
        for (var bit = 31; bit >= 0; bit--)
        {
            product ^= b & (0u - ((a >> bit) & 1));
            b = (b >> 1) ^ (Polynomial & (0u - (b & 1)));
        }

        return product;
    }
}
