using System.Security.Cryptography;
using System.Text;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;

namespace MoR.Cluster.Links;

/// <summary>
/// The secret that whoever joins must know. It comes from a file or an environment variable, is never sent, and cannot be read
/// back from here: it only signs.
/// </summary>
public sealed class JoinToken
{
    /// <summary>The fewest bytes of a secret, after white space at both ends was taken away.</summary>
    public const int FewestBytes = 16;

    /// <summary>The most bytes.</summary>
    public const int MostBytes = 1024;

    private const string Advice = "'mor cert DIR' writes a good one, DIR/authority/join-token; give the same to every machine.";
    private const int GeneratedBytes = 32;

    private readonly byte[] _secret;

    private JoinToken(byte[] secret) => _secret = secret;

    /// <summary>Reads the secret from a file of one line.</summary>
    /// <exception cref="InputException">It is too short, too long, or more than a line.</exception>
    public static JoinToken FromFile(IDisk disk, string path)
    {
        using var file = disk.OpenRead(path);
        var bytes = new byte[MostBytes + 2]; // room for the end of the line
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Parse(Encoding.UTF8.GetString(bytes, 0, count), path);
    }

    /// <summary>Takes the value of an environment variable as the secret.</summary>
    /// <exception cref="InputException">It is not set, too short, too long, or more than a line.</exception>
    public static JoinToken FromEnvironment(string variable) =>
        Parse(Environment.GetEnvironmentVariable(variable) ?? throw new InputException(variable, "is not set", Advice), variable);

    /// <summary>A new secret as text, to be written to a file that only its owner can read.</summary>
    public static string Generate(RandomNumberGenerator random)
    {
        var bytes = new byte[GeneratedBytes];
        random.GetBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Takes a secret that <see cref="Generate"/> made.</summary>
    public static JoinToken FromText(string secret) => Parse(secret, "the join token");

    /// <summary>Never the secret.</summary>
    public override string ToString() => "join token (secret)";

    /// <summary>The HMAC-SHA256 of some bytes.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(_secret, bytes);

    internal static JoinToken Parse(string text, string source)
    {
        var secret = text.Trim();
        var bytes = Encoding.UTF8.GetBytes(secret);
        if (secret.Any(char.IsControl))
            throw new InputException(source, "holds a join token of more than one line, or with control characters", Advice);
        return bytes.Length is >= FewestBytes and <= MostBytes
            ? new JoinToken(bytes)
            : throw new InputException(
                source, $"holds a join token of {bytes.Length} bytes, not between {FewestBytes} and {MostBytes}", Advice);
    }
}
