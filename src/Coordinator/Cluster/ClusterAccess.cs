using System.Net;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Transport;

namespace MoR.Coordinator.Cluster;

/// <summary>Where a run listens and who may connect, read and checked before the run's folder is touched.</summary>
/// <param name="Address">Where to listen.</param>
/// <param name="Token">The join token; null for none, on this machine only.</param>
/// <param name="Transport">The network.</param>
/// <param name="Local">How nodes that are started here get in.</param>
/// <param name="Warning">What the user should know of it; null for nothing.</param>
internal sealed record ClusterAccess(
    string Address, JoinToken? Token, ITransport Transport, LocalNodeAccess Local, string? Warning)
{
    private const string OwnAddress = "127.0.0.1:0";

    /// <summary>Reads token and certificates.</summary>
    /// <exception cref="InputException">The address could be reached by others without what that takes, or a file is not good.</exception>
    public static ClusterAccess Open(ClusterPlan plan, ClusterSurroundings around, IDisk disk)
    {
        if (plan.Listen is not { } address)
        {
            // Nodes that are started here alone: nobody else can know the token.
            var own = JoinToken.Generate(around.Random);
            return new ClusterAccess(
                OwnAddress, JoinToken.FromText(own), around.Transport(null), new LocalNodeAccess(own, null, null), null);
        }

        var token = JoinTokens.Find(disk, plan.TokenFile, plan.TlsFolder);
        JoinTokens.Require("--listen", address, token);
        return new ClusterAccess(
            address, token, around.Transport(plan.TlsFolder), new LocalNodeAccess(null, plan.TokenFile, plan.TlsFolder),
            WarningOf(plan, address));
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="InputException">The address is not this machine's or is taken, or the certificate is a node's.</exception>
    public IListener Listen() => Transport.Listen(Address);

    /// <summary>Where nodes of this machine connect to: an address that stands for all of them is none to connect to.</summary>
    public static string LocalAddressOf(string listening)
    {
        var parsed = NetworkAddress.Parse(listening);
        return !IPAddress.TryParse(parsed.Host, out var ip) ? listening
            : ip.Equals(IPAddress.Any) ? (parsed with { Host = IPAddress.Loopback.ToString() }).ToString()
            : ip.Equals(IPAddress.IPv6Any) ? (parsed with { Host = IPAddress.IPv6Loopback.ToString() }).ToString()
            : listening;
    }

    /// <summary>Beyond this machine, links are encrypted or the user has said that they need not be.</summary>
    private static string? WarningOf(ClusterPlan plan, string address)
    {
        if (plan.TlsFolder is not null || NetworkAddress.Parse(address).IsLoopback)
        {
            return null;
        }

        return plan.Insecure
            ? $"--insecure: whoever is on the network of {address} can read and change activations and gradients."
            : throw new InputException(
                "--listen", $"{address} can be reached from other machines, and nothing encrypts the links",
                "Give --tls DIR ('mor cert DIR --coordinator HOST' makes it), listen on 127.0.0.1, or give --insecure where the "
                + "network is trusted: whoever is on it could read and change activations and gradients.");
    }
}
