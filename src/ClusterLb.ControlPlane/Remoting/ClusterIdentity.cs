using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>What a node proves itself with to others, and what they are to prove themselves with, as it was in the files.</summary>
/// <param name="Certificate">This node's, with its key.</param>
/// <param name="Authority">That signed every node's; several while one takes the place of another.</param>
public sealed record ClusterIdentity(X509Certificate2 Certificate, X509Certificate2Collection Authority) : IDisposable
{
    private const int ShownDigits = 8;

    /// <summary>The certificate, for people: which it is, and until when.</summary>
    public string CertificateText => TextOf(Certificate);

    /// <summary>The authority, likewise.</summary>
    public string AuthorityText => string.Join(", ", Authority.Select(TextOf));

    /// <summary>Of one that no handshake goes by: a certificate holds memory that the runtime does not count.</summary>
    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var one in Authority) one.Dispose();
    }

    /// <exception cref="Exception">A file cannot be read, is no PEM, or the key is not the certificate's.</exception>
    public static ClusterIdentity Load(ClusterTlsConfig config)
    {
        using var pem = X509Certificate2.CreateFromPemFile(config.Certificate, config.Key);
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(config.Ca);
        // A key that lives in memory only is refused by some TLS stacks; a round through PKCS #12 gives it a home.
        return new ClusterIdentity(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), authority);
    }

    private static string TextOf(X509Certificate2 certificate) => string.Create(CultureInfo.InvariantCulture,
        $"{certificate.Thumbprint[..ShownDigits].ToLowerInvariant()} until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
}
