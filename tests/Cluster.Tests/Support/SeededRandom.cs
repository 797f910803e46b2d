using System.Security.Cryptography;

namespace MoR.Cluster.Tests.Support;

/// <summary>Nonces that are the same in every run.</summary>
internal sealed class SeededRandom(int seed) : RandomNumberGenerator
{
    private readonly System.Random _random = new(seed);

    public override void GetBytes(byte[] data) => _random.NextBytes(data);
}
