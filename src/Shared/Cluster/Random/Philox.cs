namespace MoR.Cluster.Random;

/// <summary>
/// Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit counters (Salmon, Moraes, Dror and Shaw,
/// "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, section 4.3). It has no state, so any draw can be made at
/// any time, by any thread, in any process, with the same result.
/// </summary>
public static class Philox
{
    private const uint MultiplierA = 0xD2511F53;
    private const uint MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9;
    private const uint WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The 128 random bits of one counter under one 64-bit key, least significant word first in
    /// both.</summary>
    public static (uint A, uint B, uint C, uint D) Block(
        (uint A, uint B, uint C, uint D) counter, (uint A, uint B) key)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong productA = (ulong)MultiplierA * counter.A;
            ulong productC = (ulong)MultiplierB * counter.C;
            counter = (
                (uint)(productC >> 32) ^ counter.B ^ key.A,
                (uint)productC,
                (uint)(productA >> 32) ^ counter.D ^ key.B,
                (uint)productA);
            key = (unchecked(key.A + WeylA), unchecked(key.B + WeylB));
        }

        return counter;
    }
}
