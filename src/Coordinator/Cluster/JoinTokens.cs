using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Transport;
using MoR.Cluster.Transport.Runtime;

namespace MoR.Coordinator.Cluster;

/// <summary>Where a process has its join token from: the file that is named, the environment, or the folder of its certificates.</summary>
public static class JoinTokens
{
    /// <summary>Holds the token of processes that are given no file.</summary>
    public const string Variable = "MOR_JOIN_TOKEN";

    /// <summary>The token; null where there is none.</summary>
    /// <param name="disk">Where files are.</param>
    /// <param name="file">The file that was asked for, if any.</param>
    /// <param name="tlsFolder">The folder of the certificates, if any.</param>
    /// <exception cref="InputException">What there is holds no token.</exception>
    public static JoinToken? Find(IDisk disk, string? file, string? tlsFolder)
    {
        if (file is not null)
        {
            return JoinToken.FromFile(disk, Path.GetFullPath(file));
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
        {
            return JoinToken.FromEnvironment(Variable);
        }

        var beside = tlsFolder is null ? null : Path.Combine(Path.GetFullPath(tlsFolder), TlsFolder.TokenName);
        return beside is not null && disk.FileExists(beside) ? JoinToken.FromFile(disk, beside) : null;
    }

    /// <summary>Refuses an address beyond this machine without a token: nobody would have proven anything.</summary>
    /// <param name="option">What the address was given by.</param>
    /// <param name="address">"host:port".</param>
    /// <param name="token">The token, if any.</param>
    /// <exception cref="InputException">There is none.</exception>
    public static void Require(string option, string address, JoinToken? token)
    {
        if (token is null && !NetworkAddress.Parse(address).IsLoopback)
        {
            throw new InputException(
                option, $"{address} is beyond this machine, and there is no join token",
                $"Give --token-file, {Variable} or --tls with a token in its folder ('mor cert DIR' makes all), or use 127.0.0.1.");
        }
    }
}
