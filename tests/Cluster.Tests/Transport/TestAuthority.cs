using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MoR.Cluster.Tests.Disk;
using MoR.Cluster.Transport.Runtime;

namespace MoR.Cluster.Tests.Transport;

/// <summary>A private authority and certificates of it, as PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset _start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _end = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate;
    private int _count;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(_start, _end);
        File.WriteAllText(File_, _certificate.ExportCertificatePem());
    }

    /// <summary>Its certificate.</summary>
    public string File_ => _folder["authority.pem"];

    /// <summary>Files of a certificate that it signs.</summary>
    public (string Certificate, string Key) Issue(string name, IPAddress? address = null, DateTimeOffset? end = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (address != null)
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        var serial = BitConverter.GetBytes(++_count);
        using var certificate = request.Create(_certificate, _start, end ?? _end.AddYears(-1), serial);
        var files = (_folder[$"{_count}.pem"], _folder[$"{_count}.key"]);
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>An identity that it vouches for, on loopback, and that trusts the same authority or another.</summary>
    public TlsIdentity Identity(string name, TestAuthority? trusted = null, IPAddress? address = null, DateTimeOffset? end = null)
    {
        var (certificate, key) = Issue(name, address ?? IPAddress.Loopback, end);
        return new TlsIdentity(certificate, key, (trusted ?? this).File_);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }
}
