using System.Globalization;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// Which session, in 64 bits that are the same on every node: random for sessions of our own cookie, else a stable hash of the pool and
/// what the client is known by, so that nobody stores what a client could be impersonated with. Of a million sessions two share a key once
/// in 37 million times; they would then share a backend, nothing more. 0 = none.
/// </summary>
public readonly record struct SessionKey(ulong Value)
{
    public bool IsNone => Value == 0;

    /// <param name="pool"><see cref="StableHash"/> of the pool's name: the same client is another session elsewhere.</param>
    /// <param name="identity">What the client is known by: the bytes of its cookie, header or address.</param>
    public static SessionKey Of(ulong pool, ReadOnlySpan<byte> identity) =>
        new(Math.Max(1, StableHash.Combine(pool, StableHash.Of(identity))));

    /// <summary>16 lower-case hexadecimal digits, as <see cref="ToString"/> writes them.</summary>
    public static bool TryParse(string text, out SessionKey key)
    {
        var isKey = ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && text.Length == 16
            && value != 0;
        key = new SessionKey(isKey ? value : 0);
        return isKey;
    }

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
