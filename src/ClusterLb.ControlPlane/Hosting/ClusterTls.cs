using System.Security.Cryptography.X509Certificates;
using Akka.Hosting;
using Akka.Remote.Transport.DotNetty;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// Mutual TLS between nodes: both sides show a certificate of the cluster's own authority. Names in it are not compared, since whoever holds one is a
/// node, whatever it is called today.
/// </summary>
public static class ClusterTls
{
    /// <summary>Reads the certificate with its key.</summary>
    /// <exception cref="Exception">A file cannot be read, is no PEM, or the key is not the certificate's.</exception>
    public static X509Certificate2 Load(ClusterTlsConfig config)
    {
        using var pem = X509Certificate2.CreateFromPemFile(config.Certificate, config.Key);
        // A key that lives in memory only is refused by some TLS stacks; a round through PKCS #12 gives it a home.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Whether the authority in a PEM file signed a certificate, and it is valid now.</summary>
    /// <exception cref="Exception">The file cannot be read or is no PEM.</exception>
    public static bool IsSignedBy(string authorityFile, X509Certificate2 certificate) => IsSignedBy(LoadAuthority(authorityFile), certificate);

    internal static AkkaConfigurationBuilder WithClusterTls(this AkkaConfigurationBuilder builder, ClusterTlsConfig config)
    {
        if (!config.IsOn) return builder;
        var authority = LoadAuthority(config.Ca);
        builder.AddSetup(new DotNettySslSetup(Load(config), suppressValidation: false, requireMutualAuthentication: true, customValidator: (certificate, _, _, _, _) => IsSignedBy(authority, certificate)));
        return builder;
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
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        // A private authority publishes no lists; a stolen key is answered with a new authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
