using System.Security.Cryptography;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// The keys of our cookies: the first signs, all verify, so that one can be replaced without ending a session. Immutable.
/// </summary>
public sealed class CookieKeys
{
    private readonly CookieKey[] _keys;

    /// <param name="keys">In order; none = nothing can be signed or verified yet.</param>
    public CookieKeys(IEnumerable<CookieKey> keys) => _keys = [.. keys];

    public static CookieKeys None { get; } = new([]);

    /// <summary>
    /// By which nodes see whether they have the same ones, whatever the order; 0 = none. It tells nothing of secrets that are random.
    /// </summary>
    public ulong Digest => _keys.Aggregate(0UL, (digest, key) => digest ^ StableHash.Of(key.Text));

    public CookieKey? Signing => _keys.Length > 0 ? _keys[0] : null;

    /// <summary>As <see cref="CookieKey.Text"/>.</summary>
    public IEnumerable<string> Secrets => _keys.Select(key => key.Text);

    /// <summary>Of secrets that nodes have agreed on: the same ones in the same order everywhere, whatever order they come in.</summary>
    /// <param name="secrets">As <see cref="CookieKey.Text"/>.</param>
    public static CookieKeys OfSecrets(IEnumerable<string> secrets) =>
        new(secrets.Distinct().Order(StringComparer.Ordinal).Select(secret => CookieKey.FromSecret(Convert.FromBase64String(secret))));

    public CookieKey? Find(ReadOnlySpan<byte> id)
    {
        foreach (var key in _keys)
        {
            if (id.SequenceEqual(key.Id)) return key;
        }

        return null;
    }
}

/// <summary>One key.</summary>
/// <param name="id">1 to 16 letters, digits, <c>-</c> or <c>_</c>: it is in the cookie.</param>
/// <param name="secret">Of any length; made by <see cref="Generate"/>, 32 bytes.</param>
public sealed class CookieKey(string id, byte[] secret)
{
    public const int MaxIdLength = 16;

    private readonly byte[] _id = System.Text.Encoding.ASCII.GetBytes(id);
    private readonly byte[] _tagKey = HMACSHA256.HashData(secret, "clusterlb session cookie: tag"u8);
    private readonly byte[] _maskKey = HMACSHA256.HashData(secret, "clusterlb session cookie: mask"u8);

    public string Name => id;

    public ReadOnlySpan<byte> Id => _id;

    /// <summary>For the tag; 32 bytes.</summary>
    internal ReadOnlySpan<byte> TagKey => _tagKey;

    /// <summary>For what hides the payload; 32 bytes. Another one, so that neither tells anything of the other.</summary>
    internal ReadOnlySpan<byte> MaskKey => _maskKey;

    /// <summary>The secret in base64 (RFC 4648 section 4).</summary>
    public string Text => Convert.ToBase64String(secret);

    /// <summary>A new random one.</summary>
    public static CookieKey Generate() => FromSecret(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// One named by the first 8 hexadecimal digits of its secret's SHA-256, so that all who share the secret name it alike.
    /// </summary>
    public static CookieKey FromSecret(byte[] secret) => new(Convert.ToHexStringLower(SHA256.HashData(secret))[..8], secret);
}
