using System.Security.Cryptography;
using System.Text;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Admin;

/// <summary>What whoever asks may do.</summary>
internal enum AdminAccess
{
    None,
    Read,
    Full,
}

/// <summary>The tokens that guard the admin API. Compared in constant time, so that they cannot be guessed byte by byte.</summary>
/// <param name="full">None = everybody may do everything.</param>
/// <param name="read">None = there is no such token.</param>
internal sealed class AdminToken(Secret full, Secret read)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _full = Hash(full.Plain);
    private readonly byte[] _read = Hash(read.Plain);

    /// <param name="authorization">The header; null = there is none.</param>
    public AdminAccess Admits(string? authorization)
    {
        if (full.IsNone) return AdminAccess.Full;
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return AdminAccess.None;
        // Hashed first: unequal lengths would end the comparison early. Both are compared, whichever it is.
        var hash = Hash(authorization[Scheme.Length..]);
        var isFull = CryptographicOperations.FixedTimeEquals(hash, _full);
        var isRead = CryptographicOperations.FixedTimeEquals(hash, _read) && !read.IsNone;
        return isFull ? AdminAccess.Full : isRead ? AdminAccess.Read : AdminAccess.None;
    }

    private static byte[] Hash(string? text) => SHA256.HashData(Encoding.UTF8.GetBytes(text ?? ""));
}
