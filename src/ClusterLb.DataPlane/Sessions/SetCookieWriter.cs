using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>
/// Writes the line that gives a client our cookie (RFC 6265 section 4.1). No Max-Age: how long it counts is in the cookie, and ours to say.
/// </summary>
internal sealed class SetCookieWriter
{
    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly byte[] _afterSecurely;

    public SetCookieWriter(StickyConfig config)
    {
        var cookie = config.Cookie;
        var attributes = new StringBuilder($"; Path={cookie.Path}");
        if (cookie.Domain.Length > 0) attributes.Append($"; Domain={cookie.Domain}");
        if (cookie.HttpOnly) attributes.Append("; HttpOnly");
        if (cookie.SameSite != CookieSameSite.Unset) attributes.Append($"; SameSite={cookie.SameSite}");
        _before = Encoding.ASCII.GetBytes($"Set-Cookie: {config.Name}=");
        _afterSecurely = Encoding.ASCII.GetBytes($"{attributes}{(cookie.Secure == CookieSecure.Never ? "" : "; Secure")}\r\n");
        // Browsers drop one that may cross sites and is not secure.
        var always = cookie.Secure == CookieSecure.Always || (cookie.SameSite == CookieSameSite.None && cookie.Secure == CookieSecure.Auto);
        _after = always ? _afterSecurely : Encoding.ASCII.GetBytes($"{attributes}\r\n");
    }

    /// <summary>The longest line, in bytes.</summary>
    public int MaxLength => _before.Length + SessionCookie.MaxLength + _afterSecurely.Length;

    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="claims">What the cookie says.</param>
    /// <param name="key">The one that signs.</param>
    /// <param name="isSecure">The client came over TLS.</param>
    /// <returns>Bytes written, CRLF included.</returns>
    public int Write(Span<byte> destination, in CookieClaims claims, CookieKey key, bool isSecure)
    {
        _before.CopyTo(destination);
        var length = _before.Length + SessionCookie.Write(destination[_before.Length..], claims, key);
        var after = isSecure ? _afterSecurely : _after;
        after.CopyTo(destination[length..]);
        return length + after.Length;
    }
}
