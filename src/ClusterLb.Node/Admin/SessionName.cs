using System.Net;
using System.Text;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Node.Admin;

/// <summary>A session as a person names it: by its key, by our cookie, or by what its pool knows clients by.</summary>
internal static class SessionName
{
    /// <summary>None and the reason when it is no name.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="pool">Null = not given; then only a key or a cookie of ours will do.</param>
    /// <param name="keys">Of our cookie.</param>
    public static (SessionKey Session, string Problem) Parse(string text, PoolConfig? pool, CookieKeys keys)
    {
        if (SessionKey.TryParse(text, out var session)) return (session, "");
        if (SessionCookie.Read(Encoding.UTF8.GetBytes(text), keys, out var claims) == CookieStatus.Valid) return (claims.Session, "");
        if (pool is null) return (default, $"\"{text}\" is neither a session's key of 16 hexadecimal digits nor a cookie of ours; give the pool to name it by its value there");
        return pool.Sticky.By switch
        {
            StickyBy.AppCookie or StickyBy.Header => (SessionKey.Of(StableHash.Of(pool.Name), Encoding.Latin1.GetBytes(text)), ""),
            StickyBy.SourceIp when IPAddress.TryParse(text, out var address) => (SessionKey.Of(StableHash.Of(pool.Name), (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes()), ""),
            StickyBy.SourceIp => (default, $"\"{text}\" is no IP address, and pool \"{pool.Name}\" knows clients by source-ip"),
            StickyBy.Cookie => (default, $"\"{text}\" is neither a session's key of 16 hexadecimal digits nor a cookie of ours that a key in force has signed"),
            _ => (default, $"pool \"{pool.Name}\" has no sticky sessions (sticky.by = none)"),
        };
    }
}
