using System.Security.Cryptography;
using MoR.Cluster.Random;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Worlds;

/// <summary>A process's nonces, the same in every run of a seed.</summary>
internal sealed class SeededNonces(ulong seed, int number) : RandomNumberGenerator
{
    private CounterRandom _random = new(seed, Streams.Nonces, (ulong)number);

    /// <inheritdoc/>
    public override void GetBytes(byte[] data)
    {
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (byte)_random.NextUInt32();
        }
    }
}
