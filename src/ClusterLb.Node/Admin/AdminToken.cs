using System.Security.Cryptography;
using System.Text;

namespace ClusterLb.Node.Admin;

/// <summary>The token that guards the admin API. Compared in constant time, so that it cannot be guessed byte by byte.</summary>
internal sealed class AdminToken(string token)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash = Hash(token);

    /// <summary>True when no token is configured, or the header carries it.</summary>
    public bool Admits(string? authorization)
    {
        if (token.Length == 0) return true;
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        // Hashed first: unequal lengths would end the comparison early.
        return CryptographicOperations.FixedTimeEquals(Hash(authorization[Scheme.Length..]), _hash);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
