using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;

namespace MoR.Cluster.Transport.Runtime;

/// <summary>
/// TLS 1.3 in which both ends present a certificate of one private authority. The system's authorities are not asked, and
/// nothing is fetched from the network; a certificate is taken back by making a new authority.
/// </summary>
public sealed class TlsIdentity : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authority = [];
    private readonly SslStreamCertificateContext _context;
    private readonly string _certificateFile;
    private readonly string _authorityFile;

    /// <summary>Reads three PEM files.</summary>
    /// <param name="certificateFile">This process's certificate; for a server it names the hosts that it answers for.</param>
    /// <param name="keyFile">Its private key, not encrypted.</param>
    /// <param name="authorityFile">Certificates of the authority.</param>
    /// <exception cref="InputException">A file cannot be read, or does not hold what it should.</exception>
    public TlsIdentity(string certificateFile, string keyFile, string authorityFile)
    {
        (_certificateFile, _authorityFile) = (certificateFile, authorityFile);
        var authority = Read(authorityFile);
        try
        {
            _authority.ImportFromPem(authority);
        }
        catch (CryptographicException cause)
        {
            throw NoCertificate(authorityFile, cause);
        }

        if (_authority.Count == 0)
            throw NoCertificate(authorityFile, null);
        var (certificate, key) = (Read(certificateFile), Read(keyFile));
        try
        {
            _own = X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new InputException($"{certificateFile} and {keyFile}", $"are no certificate with its key ({cause.Message.TrimEnd('.')})",
                "Both are PEM files, the key is not encrypted, and they belong together; 'mor cert DIR' makes a pair.", cause);
        }

        _context = SslStreamCertificateContext.Create(_own, additionalCertificates: null, offline: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        foreach (var certificate in _authority)
        {
            certificate.Dispose();
        }
    }

    /// <summary>Checks what every peer will: that the certificate is valid now, and of the authority.</summary>
    /// <exception cref="InputException">It is not.</exception>
    public void Require()
    {
        using var chain = new X509Chain { ChainPolicy = Policy() };
        if (!chain.Build(_own))
        {
            throw new InputException(
                _certificateFile, $"the certificate '{_own.Subject}' is not valid by {_authorityFile} ({PeerCheck.Status(chain)})",
                "Take both files from one authority, and look at the clock; 'mor cert DIR --node NAME' makes a new certificate.");
        }
    }

    /// <summary>Checks that the certificate may answer for a server, as nodes will.</summary>
    /// <exception cref="InputException">It is for clients only.</exception>
    internal void RequireServer()
    {
        var uses = _own.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages;
        if (uses is not null && !uses.Cast<Oid>().Any(use => use.Value == ServerAuthentication))
        {
            throw new InputException(
                _certificateFile, $"the certificate '{_own.Subject}' is of a node, and a coordinator's is needed to listen",
                "'mor cert DIR --coordinator HOST' makes one.");
        }
    }

    /// <summary>Negotiates as the end that connected, and checks that the other is who was called.</summary>
    internal Task<Connection> ConnectAsync(Stream inner, NetworkAddress address, CancellationToken cancel)
    {
        var check = new PeerCheck(address.Host, _authorityFile);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = address.Host,
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateContext = _context,
            CertificateChainPolicy = Policy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => check.Accepts(certificate, chain, errors),
        };
        return NegotiateAsync(inner, address.ToString(), check, stream => stream.AuthenticateAsClientAsync(options, cancel));
    }

    /// <summary>Negotiates as the end that was connected to.</summary>
    internal Task<Connection> AcceptAsync(Stream inner, string peer, CancellationToken cancel)
    {
        var check = new PeerCheck(host: null, _authorityFile);
        var options = new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ServerCertificateContext = _context,
            ClientCertificateRequired = true,
            CertificateChainPolicy = Policy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => check.Accepts(certificate, chain, errors),
        };
        return NegotiateAsync(inner, peer, check, stream => stream.AuthenticateAsServerAsync(options, cancel));
    }

    private static async Task<Connection> NegotiateAsync(Stream inner, string peer, PeerCheck check, Func<SslStream, Task> negotiate)
    {
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await negotiate(stream);
            return new Connection(stream, peer, IsProtected: true);
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync();
            throw exception switch
            {
                AuthenticationException or IOException => new LinkException(peer,
                    $"TLS was not agreed on: {check.Problem ?? (exception.InnerException ?? exception).Message.TrimEnd('.')}", exception),
                OperationCanceledException => new LinkException(peer, "TLS was not agreed on in time", exception),
                _ => exception,
            };
        }
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authority);
        return policy;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                file, $"cannot be read ({cause.Message.TrimEnd('.')})", "Give a PEM file; 'mor cert DIR' makes them.", cause);
        }
    }

    private static InputException NoCertificate(string file, Exception? cause) =>
        new(file, "holds no certificate", "Give the authority's certificate as a PEM file; 'mor cert DIR' makes one.", cause);
}
