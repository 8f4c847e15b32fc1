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
    private volatile ClusterIdentity _identity;

    /// <exception cref="Exception">A file cannot be read, is no PEM, or the key is not the certificate's.</exception>
    public ClusterTls(ClusterTlsConfig config) => _identity = ClusterIdentity.Load(config);

    /// <summary>What connections prove themselves with that are made from now on; those that are there go on. Any thread.</summary>
    /// <remarks>The one of before is not disposed: a handshake may go by it.</remarks>
    public ClusterIdentity Identity
    {
        get => _identity;
        set => _identity = value;
    }

    /// <summary>Whether the authority signed this node's own certificate, and it is valid now.</summary>
    /// <exception cref="Exception">A file cannot be read, is no PEM, or the key is not the certificate's.</exception>
    public static bool IsUsable(ClusterTlsConfig config)
    {
        using var identity = ClusterIdentity.Load(config);
        return IsSignedBy(identity.Authority, identity.Certificate);
    }

    /// <exception cref="HandshakeException">The other has no certificate of the authority, or speaks no TLS.</exception>
    internal async Task<Stream> GreetAsync(Stream stream, string host, CancellationToken cancellation)
    {
        var isForeign = false;
        var (own, authority) = _identity;
        var tls = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificates = [own],
            LocalCertificateSelectionCallback = (_, _, _, _, _) => own,
            CertificateChainPolicy = Policy(authority),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                !(isForeign = !IsSignedBy(authority, certificate as X509Certificate2)),
        };
        await ShakeAsync(tls, () => tls.AuthenticateAsClientAsync(options, cancellation), () => isForeign);
        return tls;
    }

    /// <exception cref="HandshakeException">The other has no certificate of the authority, or speaks no TLS.</exception>
    internal async Task<Stream> AnswerAsync(Stream stream, CancellationToken cancellation)
    {
        var isForeign = false;
        var (own, authority) = _identity;
        var tls = new SslStream(stream);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = own,
            ClientCertificateRequired = true,
            CertificateChainPolicy = Policy(authority),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                !(isForeign = !IsSignedBy(authority, certificate as X509Certificate2)),
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
