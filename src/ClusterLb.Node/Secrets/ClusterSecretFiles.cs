using System.Security.Cryptography;
using System.Text;

namespace ClusterLb.Node.Secrets;

/// <summary>
/// What a cluster has that nobody else is to know, each in a file: certificates and keys for <c>cluster.tls</c>, the admin token, and a
/// password for Redis. What is there and good stays as it is.
/// </summary>
internal static class ClusterSecretFiles
{
    private const string AuthorityName = "ca.pem";
    private const string AuthorityKeyName = "ca.key";

    /// <summary>A certificate that ends within this is made anew.</summary>
    private static readonly TimeSpan s_renewal = TimeSpan.FromDays(30);

    /// <param name="folder">For the nodes: <c>ca.pem</c>, <c>NODE.pem</c> and <c>NODE.key</c> of each, <c>admin.token</c>,
    /// <c>redis.password</c>; and for Redis <c>redis.acl</c>, which only has the password's hash and which everybody may read.</param>
    /// <param name="authorityFolder">For nobody but who calls this again: <c>ca.key</c> and <c>ca.pem</c>.</param>
    /// <param name="nodes">Names that are names of files.</param>
    /// <exception cref="CryptographicException">The authority that is there cannot be read.</exception>
    public static void Make(SecretFolder folder, SecretFolder authorityFolder, IEnumerable<string> nodes, DateTimeOffset now)
    {
        using var authority = AuthorityIn(authorityFolder, now);
        if (folder.Read(AuthorityName) != authority.Certificate) folder.WriteOpen(AuthorityName, authority.Certificate);
        foreach (var node in nodes)
        {
            if (folder.Read($"{node}.key").Length > 0 && authority.HasSigned(folder.Read($"{node}.pem"), now + s_renewal)) continue;
            var (certificate, key) = authority.Sign(node, now);
            folder.WriteSecret($"{node}.key", key);
            folder.WriteOpen($"{node}.pem", certificate);
        }

        if (folder.Read("admin.token").Length == 0) folder.WriteSecret("admin.token", NewSecret());
        MakePassword(folder);
    }

    private static ClusterAuthority AuthorityIn(SecretFolder folder, DateTimeOffset now)
    {
        if (folder.Read(AuthorityKeyName) is { Length: > 0 } key) return ClusterAuthority.Of(folder.Read(AuthorityName), key);
        var authority = ClusterAuthority.Make(now);
        // The key last: with it the authority is whole.
        folder.WriteOpen(AuthorityName, authority.Certificate);
        folder.WriteSecret(AuthorityKeyName, authority.Key);
        return authority;
    }

    private static void MakePassword(SecretFolder folder)
    {
        if (folder.Read("redis.password").Length == 0) folder.WriteSecret("redis.password", NewSecret());
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Read("redis.password").TrimEnd('\n'))));
        var rules = $"user default on #{hash} ~* &* +@all\n";
        if (folder.Read("redis.acl") != rules) folder.WriteOpen("redis.acl", rules);
    }

    private static string NewSecret() => RandomNumberGenerator.GetHexString(64, lowercase: true) + "\n";
}
