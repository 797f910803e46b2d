using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Certificates;

/// <summary>
/// A small private authority: ECDSA over P-256, certificates by RFC 5280 with the extensions that TLS asks for. What is called a
/// coordinator may answer for its hosts and also be a node; what is called a node may only connect.
/// </summary>
internal sealed class PrivateAuthority : IDisposable
{
    private const int SerialBytes = 16;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1); // machines whose clocks are behind take it too
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);
    private readonly X509Certificate2 _certificate;

    private PrivateAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>Its certificate, PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Its private key, PEM: whoever has it can make nodes.</summary>
    public string KeyPem
    {
        get
        {
            using var key = _certificate.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem() + "\n";
        }
    }

    /// <summary>Makes a new authority, for ten years.</summary>
    public static PrivateAuthority Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mor authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new PrivateAuthority(request.CreateSelfSigned(now - ClockDifference, now + Lifetime));
    }

    /// <summary>Takes up an authority from its files' texts.</summary>
    /// <exception cref="InputException">They are none.</exception>
    public static PrivateAuthority Read(string certificatePem, string keyPem, string folder)
    {
        try
        {
            return new PrivateAuthority(X509Certificate2.CreateFromPem(certificatePem, keyPem));
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new InputException(
                folder, $"it holds no authority ({cause.Message.TrimEnd('.')})",
                "Restore its ca.crt and ca.key, or make a new authority in another folder.", cause);
        }
    }

    /// <summary>Issues a certificate with a key of its own, both PEM.</summary>
    /// <param name="name">Whose it is, for messages.</param>
    /// <param name="hosts">Names and addresses that it answers for; none for a node.</param>
    /// <param name="now">Now.</param>
    /// <param name="lifetime">How long it is valid, at most as long as the authority's.</param>
    public IssuedCertificate Issue(string name, IReadOnlyList<string> hosts, DateTimeOffset now, TimeSpan lifetime)
    {
        var most = new DateTimeOffset(_certificate.NotAfter);
        if (now >= most)
        {
            throw new InputException(
                _certificate.Subject, $"the authority ended on {most:yyyy-MM-dd}", "Make a new one in another folder.");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        OidCollection uses = [new(ClientAuthentication)];
        if (hosts.Count > 0)
        {
            uses.Add(new Oid(ServerAuthentication));
            request.CertificateExtensions.Add(Names(hosts));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        var end = now + lifetime < most ? now + lifetime : most;
        using var certificate = request.Create(_certificate, now - ClockDifference, end, Serial());
        return new IssuedCertificate(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", end);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static X509Extension Names(IReadOnlyList<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names.Build();
    }

    /// <summary>Unique without a register, and positive.</summary>
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
