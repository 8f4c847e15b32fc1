using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>The shared keys of our cookie as a store keeps them: 32 bytes each, one after the other.</summary>
internal static class CookieKeyDocument
{
    public const string Name = "cookie-key";

    private const int SecretLength = 32;

    /// <param name="secrets">As <see cref="CookieKey.Text"/>.</param>
    public static byte[] Write(IEnumerable<string> secrets) =>
        [.. secrets.Order(StringComparer.Ordinal).SelectMany(Convert.FromBase64String)];

    /// <summary>What is no whole key is left out.</summary>
    public static IReadOnlySet<string> Read(byte[] document) =>
        document.Chunk(SecretLength).Where(secret => secret.Length == SecretLength).Select(Convert.ToBase64String).ToHashSet();

    /// <summary>Keys are only added.</summary>
    public static byte[] Merge(byte[] kept, IEnumerable<string> secrets) => Write(Read(kept).Union(secrets));
}
