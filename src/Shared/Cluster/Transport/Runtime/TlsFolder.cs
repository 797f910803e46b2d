using MoR.Cluster.Errors;

namespace MoR.Cluster.Transport.Runtime;

/// <summary>
/// A folder with the three PEM files of one end of TLS, and perhaps a join token. The names are those of Kubernetes' TLS secrets
/// as cert-manager fills them, so that such a secret can be mounted as it is; <c>mor cert</c> writes the same.
/// </summary>
public static class TlsFolder
{
    /// <summary>This end's certificate.</summary>
    public const string CertificateName = "tls.crt";

    /// <summary>Its private key.</summary>
    public const string KeyName = "tls.key";

    /// <summary>The certificate of the authority that both ends have theirs from.</summary>
    public const string AuthorityName = "ca.crt";

    /// <summary>The join token, where it lies beside them.</summary>
    public const string TokenName = "join-token";

    /// <summary>Reads the files, and checks that the certificate is valid now and of the authority.</summary>
    /// <exception cref="InputException">A file is missing or not what it should be, or peers would refuse the certificate.</exception>
    public static TlsIdentity Open(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
        {
            throw new InputException(
                path, "there is no such folder",
                $"Give a folder with {CertificateName}, {KeyName} and {AuthorityName}; 'mor cert DIR' makes them.");
        }

        var identity = new TlsIdentity(
            Path.Combine(path, CertificateName), Path.Combine(path, KeyName), Path.Combine(path, AuthorityName));
        try
        {
            identity.Require();
            return identity;
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }
}
