using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>
/// Cookies that were verified on this loop, so that a client that sends the same one again costs a hash and a comparison, not an HMAC. Two
/// places a hash; the older gives way. About 0.8 MB, taken with the first cookie; dropped when the keys change. Not thread-safe.
/// </summary>
internal sealed class CookieCache
{
    private const int Entries = 4_096;

    private Entry[] _entries = [];
    private byte[] _texts = [];
    private CookieKeys? _keys;

    /// <summary>As <see cref="SessionCookie.Read"/>; allocates nothing but the first time.</summary>
    public CookieStatus Read(ReadOnlySpan<byte> value, CookieKeys keys, out CookieClaims claims)
    {
        if (value.Length > SessionCookie.MaxLength)
        {
            claims = default;
            return CookieStatus.Malformed;
        }

        if (!ReferenceEquals(keys, _keys)) Begin(keys);
        var hash = StableHash.Of(value);
        var place = (int)(hash % (Entries / 2)) * 2;
        if (Has(place, hash, value)) return Answer(place, out claims);
        if (Has(place + 1, hash, value)) return Answer(place + 1, out claims);
        var status = SessionCookie.Read(value, keys, out claims);
        // What somebody made up is not worth what it would push out.
        if (status == CookieStatus.Valid) Keep(place, hash, value, claims);
        return status;
    }

    private void Begin(CookieKeys keys)
    {
        _keys = keys;
        if (_entries.Length == 0) (_entries, _texts) = (new Entry[Entries], new byte[Entries * SessionCookie.MaxLength]);
        else Array.Clear(_entries);
    }

    private bool Has(int place, ulong hash, ReadOnlySpan<byte> value) =>
        _entries[place].Hash == hash && _entries[place].Length == value.Length && TextAt(place)[..value.Length].SequenceEqual(value);

    private CookieStatus Answer(int place, out CookieClaims claims)
    {
        claims = _entries[place].Claims;
        return CookieStatus.Valid;
    }

    private void Keep(int place, ulong hash, ReadOnlySpan<byte> value, in CookieClaims claims)
    {
        Swap(place);
        _entries[place] = new Entry(hash, value.Length, claims);
        value.CopyTo(TextAt(place));
    }

    private void Swap(int place)
    {
        (_entries[place], _entries[place + 1]) = (_entries[place + 1], _entries[place]);
        Span<byte> kept = stackalloc byte[SessionCookie.MaxLength];
        TextAt(place).CopyTo(kept);
        TextAt(place + 1).CopyTo(TextAt(place));
        kept.CopyTo(TextAt(place + 1));
    }

    private Span<byte> TextAt(int place) => _texts.AsSpan(place * SessionCookie.MaxLength, SessionCookie.MaxLength);

    private readonly record struct Entry(ulong Hash, int Length, CookieClaims Claims);
}
