namespace MoR.Coordinator.Certificates;

/// <summary>A certificate and its private key.</summary>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">Its key, PKCS #8, not encrypted.</param>
/// <param name="End">When it stops being valid.</param>
internal sealed record IssuedCertificate(string CertificatePem, string KeyPem, DateTimeOffset End);
