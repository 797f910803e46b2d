using System.Security.Cryptography;

namespace MoR.Coordinator.Runs;

/// <summary>The size and SHA-256 of a content that streams by.</summary>
internal sealed class ContentHash : IDisposable
{
    private const int BlockBytes = 1 << 17;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long bytes;

    /// <summary>Reads a stream to its end.</summary>
    public static (long Bytes, string Sha256) Of(Stream stream)
    {
        using var content = new ContentHash();
        var block = new byte[BlockBytes];
        for (int count; (count = stream.Read(block, 0, block.Length)) > 0;)
        {
            content.Add(block.AsSpan(0, count));
        }

        return content.Result();
    }

    public void Add(ReadOnlySpan<byte> block)
    {
        hash.AppendData(block);
        bytes += block.Length;
    }

    /// <summary>Size and hash of what was added, in lower-case hexadecimal.</summary>
    public (long Bytes, string Sha256) Result() => (bytes, Convert.ToHexStringLower(hash.GetCurrentHash()));

    public void Dispose() => hash.Dispose();
}
