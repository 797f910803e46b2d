using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MoR.Cluster.Transport.Runtime;

/// <summary>Says in words why a certificate was refused; the decision is the framework's.</summary>
internal sealed class PeerCheck(string? host, string authorityFile)
{
    /// <summary>Why; null while nothing was refused.</summary>
    public string? Problem { get; private set; }

    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        Problem = errors switch
        {
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "the other end presents no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) =>
                $"the certificate '{certificate?.Subject}' is not valid by {authorityFile} ({Status(chain)})",
            _ => $"the certificate '{certificate?.Subject}' is not for '{host}'",
        };
        return false;
    }

    /// <summary>What is wrong with a chain, in words.</summary>
    public static string Status(X509Chain? chain) =>
        string.Join("; ", (chain?.ChainStatus ?? []).Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
}
