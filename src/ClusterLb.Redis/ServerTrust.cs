using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ClusterLb.Redis;

/// <summary>
/// Which servers are ours: those whose certificate a given authority signed and that names the host we called, whatever the system trusts.
/// </summary>
internal static class ServerTrust
{
    /// <exception cref="Exception">The file cannot be read or is no PEM.</exception>
    public static RemoteCertificateValidationCallback In(string authorityFile)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(authorityFile);
        return (_, certificate, presented, errors) =>
            certificate is X509Certificate2 server && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0
                && IsSignedBy(authority, server, presented);
    }

    private static bool IsSignedBy(X509Certificate2Collection authority, X509Certificate2 server, X509Chain? presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        // A private authority publishes no lists; a stolen key is answered with a new authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(server);
    }
}
