using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// Mutual TLS between nodes: both sides show a certificate of the cluster's own authority. Names in it are not compared, since whoever
/// holds one is a node, whatever it is called today.
/// </summary>
public sealed class ClusterTls
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authority;

    /// <exception cref="Exception">A file cannot be read, is no PEM, or the key is not the certificate's.</exception>
    public ClusterTls(ClusterTlsConfig config) => (_certificate, _authority) = (Load(config), LoadAuthority(config.Ca));

    /// <summary>Whether the authority signed this node's own certificate, and it is valid now.</summary>
    /// <exception cref="Exception">A file cannot be read, is no PEM, or the key is not the certificate's.</exception>
    public static bool IsUsable(ClusterTlsConfig config)
    {
        using var certificate = Load(config);
        return IsSignedBy(LoadAuthority(config.Ca), certificate);
    }

    /// <exception cref="HandshakeException">The other has no certificate of the authority, or speaks no TLS.</exception>
    internal async Task<Stream> GreetAsync(Stream stream, string host, CancellationToken cancellation)
    {
        var isForeign = false;
        var tls = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificates = [_certificate],
            LocalCertificateSelectionCallback = (_, _, _, _, _) => _certificate,
            CertificateChainPolicy = Policy(_authority),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                !(isForeign = !IsSignedBy(_authority, certificate as X509Certificate2)),
        };
        await ShakeAsync(tls, () => tls.AuthenticateAsClientAsync(options, cancellation), () => isForeign);
        return tls;
    }

    /// <exception cref="HandshakeException">The other has no certificate of the authority, or speaks no TLS.</exception>
    internal async Task<Stream> AnswerAsync(Stream stream, CancellationToken cancellation)
    {
        var isForeign = false;
        var tls = new SslStream(stream);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificate,
            ClientCertificateRequired = true,
            CertificateChainPolicy = Policy(_authority),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                !(isForeign = !IsSignedBy(_authority, certificate as X509Certificate2)),
        };
        await ShakeAsync(tls, () => tls.AuthenticateAsServerAsync(options, cancellation), () => isForeign);
        return tls;
    }

    private static async Task ShakeAsync(SslStream tls, Func<Task> authenticate, Func<bool> isForeign)
    {
        try
        {
            await authenticate();
        }
        catch (Exception failure)
        {
            // Whatever it was: what a stranger left is not for finalizers.
            await tls.DisposeAsync();
            if (isForeign())
            {
                throw new HandshakeException(Refusal.Certificate,
                    "its certificate is not signed by the authority in cluster.tls.ca, or not valid now");
            }

            if (failure is AuthenticationException)
            {
                throw new HandshakeException(Refusal.Protocol,
                    $"no TLS with it: {(failure.InnerException ?? failure).Message.ReplaceLineEndings(" ")}");
            }

            throw;
        }
    }

    private static X509Certificate2 Load(ClusterTlsConfig config)
    {
        using var pem = X509Certificate2.CreateFromPemFile(config.Certificate, config.Key);
        // A key that lives in memory only is refused by some TLS stacks; a round through PKCS #12 gives it a home.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2Collection LoadAuthority(string file)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(file);
        return authority;
    }

    private static bool IsSignedBy(X509Certificate2Collection authority, X509Certificate2? certificate)
    {
        if (certificate is null) return false;
        using var chain = new X509Chain { ChainPolicy = Policy(authority) };
        return chain.Build(certificate);
    }

    private static X509ChainPolicy Policy(X509Certificate2Collection authority)
    {
        // A private authority publishes no lists; a stolen key is answered with a new authority. And no stranger's certificate has this
        // node fetch what it names.
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true
        };
        policy.CustomTrustStore.AddRange(authority);
        return policy;
    }
}
