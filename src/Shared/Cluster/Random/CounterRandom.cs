namespace MoR.Cluster.Random;

/// <summary>
/// A stream of random numbers named by a seed and a list of words, such as (seed, purpose, step, micro-batch, row). The
/// same name always gives the same stream, and different names give unrelated ones, whatever else was drawn before.
/// A mutable struct: pass it by reference, or a copy repeats its draws.
/// </summary>
/// <remarks>
/// The words are folded into 128 bits by chaining <see cref="Philox"/> blocks keyed by the seed, starting from their
/// number, so that (1) and (1, 0) differ. Half of these bits become the key of the stream, the other half the upper
/// half of its counter; the lower half counts blocks.
/// </remarks>
public struct CounterRandom
{
    private const double UnitOf53Bits = 1.0 / (1UL << 53);
    private const float UnitOf24Bits = 1.0f / (1U << 24);

    private readonly (uint A, uint B) _key;
    private readonly (uint C, uint D) _stream;
    private ulong _block;
    private (uint A, uint B, uint C, uint D) _words;
    private int _used;

    /// <param name="seed">The seed of the run.</param>
    /// <param name="stream">Which stream of that seed: a word for the purpose first, then the indices that it depends
    /// on.</param>
    public CounterRandom(ulong seed, params ReadOnlySpan<ulong> stream)
    {
        (uint A, uint B) key = ((uint)seed, (uint)(seed >> 32));
        (uint A, uint B, uint C, uint D) state = Philox.Block(((uint)stream.Length, 0, 0, 0), key);
        foreach (ulong word in stream)
        {
            state = Philox.Block((state.A ^ (uint)word, state.B ^ (uint)(word >> 32), state.C, state.D), key);
        }

        _key = (state.A, state.B);
        _stream = (state.C, state.D);
        _used = 4;
    }

    /// <summary>32 uniform bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _words = NextBlock();
            _used = 0;
        }

        return _used++ switch
        {
            0 => _words.A,
            1 => _words.B,
            2 => _words.C,
            _ => _words.D,
        };
    }

    /// <summary>64 uniform bits: two draws of 32, the low half first.</summary>
    public ulong NextUInt64()
    {
        uint low = NextUInt32();
        return low | ((ulong)NextUInt32() << 32);
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * UnitOf53Bits;

    /// <summary>Uniform in [0, 1), a multiple of 2^-24: one draw of 32 bits.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * UnitOf24Bits;

    /// <summary>
    /// Uniform in [0, <paramref name="bound"/>), without bias: Lemire's multiplication with rejection ("Fast Random
    /// Integer Generation in an Interval", 2019).
    /// </summary>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        ulong product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            uint rejected = unchecked(0u - range) % range;
            while ((uint)product < rejected)
            {
                product = (ulong)NextUInt32() * range;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>
    /// Standard normal, by the cosine half of Box and Muller (1958). Every call takes exactly two doubles, so the
    /// position of a draw in the stream does not depend on values. Logarithm and cosine are the C runtime's: equal bits
    /// are promised on the same kind of machine.
    /// </summary>
    public double NextGaussian()
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>Fills with uniform values in [0, 1), the same as calling <see cref="NextSingle"/> for each.</summary>
    public void Fill(Span<float> values)
    {
        int i = 0;
        while (_used < 4 && i < values.Length)
        {
            values[i++] = NextSingle();
        }

        // Dropout draws a value per activation, so whole blocks go past the bookkeeping of single draws.
        for (; i + 4 <= values.Length; i += 4)
        {
            (uint a, uint b, uint c, uint d) = NextBlock();
            values[i] = (a >> 8) * UnitOf24Bits;
            values[i + 1] = (b >> 8) * UnitOf24Bits;
            values[i + 2] = (c >> 8) * UnitOf24Bits;
            values[i + 3] = (d >> 8) * UnitOf24Bits;
        }

        while (i < values.Length)
        {
            values[i++] = NextSingle();
        }
    }

    /// <summary>Puts the values in a uniformly random order (Fisher and Yates, from the last down).</summary>
    public void Shuffle(Span<int> values)
    {
        for (int last = values.Length - 1; last > 0; last--)
        {
            int other = NextBelow(last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }

    private (uint A, uint B, uint C, uint D) NextBlock()
    {
        ulong block = _block++;
        return Philox.Block(((uint)block, (uint)(block >> 32), _stream.C, _stream.D), _key);
    }
}
