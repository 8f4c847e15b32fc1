using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterLb.Node.Secrets;

/// <summary>
/// Who signs the certificates of one cluster's nodes, for <c>cluster.tls</c>: what <c>deploy/tls/make-certificates.sh</c> makes with
/// openssl. Keys are of P-256.
/// </summary>
internal sealed class ClusterAuthority : IDisposable
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(3_650);
    private static readonly TimeSpan s_lifeOfNode = TimeSpan.FromDays(825);
    /// <summary>The clock of another node may be behind.</summary>
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;

    private ClusterAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>PEM.</summary>
    public string Certificate => Line(_certificate.ExportCertificatePem());

    /// <summary>PEM, PKCS#8. Whoever has it makes nodes.</summary>
    public string Key
    {
        get
        {
            using var key = _certificate.GetECDsaPrivateKey()!;
            return Line(key.ExportPkcs8PrivateKeyPem());
        }
    }

    public static ClusterAuthority Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ClusterLb cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new ClusterAuthority(request.CreateSelfSigned(now - s_clocks, now + s_life));
    }

    /// <exception cref="CryptographicException">They are no PEM files, or not of one another.</exception>
    public static ClusterAuthority Of(string certificate, string key) => new(X509Certificate2.CreateFromPem(certificate, key));

    /// <summary>A certificate for one node and its key, both PEM.</summary>
    public (string Certificate, string Key) Sign(string node, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={node}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        // No certificate outlives who signed it.
        var end = now + s_lifeOfNode < _certificate.NotAfter ? now + s_lifeOfNode : _certificate.NotAfter;
        using var signed = request.Create(_certificate, now - s_clocks, end, RandomNumberGenerator.GetBytes(16));
        return (Line(signed.ExportCertificatePem()), Line(key.ExportPkcs8PrivateKeyPem()));
    }

    /// <summary>It signed that certificate, which will be valid then, too.</summary>
    /// <param name="certificate">PEM; what is none was not signed.</param>
    public bool HasSigned(string certificate, DateTimeOffset then)
    {
        try
        {
            using var node = X509Certificate2.CreateFromPem(certificate);
            using var chain = new X509Chain
            {
                ChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                    VerificationTime = then.UtcDateTime,
                },
            };
            chain.ChainPolicy.CustomTrustStore.Add(_certificate);
            return chain.Build(node);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Dispose() => _certificate.Dispose();

    private static string Line(string pem) => pem + "\n";
}
