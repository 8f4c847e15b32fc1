using System.Text;
using ClusterLb.Core.Clients;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Node.Admin;

/// <summary>A session as a person names it: by its key, by our cookie, or by what its pool knows clients by.</summary>
internal static class SessionName
{
    /// <summary>None and the reason when it is no name.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="pool">
    /// Null = not given. One that knows clients by a value of theirs is given that value; else only a key or a cookie of ours will do.
    /// </param>
    /// <returns>Which session, what its cookie says when it was named by that, and the problem; empty = none.</returns>
    public static (SessionKey Session, CookieClaims? Said, string Problem) Parse(string text, PoolConfig? pool, CookieKeys keys)
    {
        if (pool?.Sticky.By is StickyBy.AppCookie or StickyBy.Header or StickyBy.SourceIp) return ByValue(text, pool);
        if (SessionKey.TryParse(text, out var session)) return (session, null, "");
        if (SessionCookie.Read(Encoding.UTF8.GetBytes(text), keys, out var claims) == CookieStatus.Valid)
            return (claims.Session, claims, "");
        return pool?.Sticky.By switch
        {
            null => (default, null, $"\"{text}\" is neither a session's key of 16 hexadecimal digits nor a cookie of ours; give the pool "
                + $"to name it by its value there"),
            StickyBy.None => (default, null, $"pool \"{pool.Name}\" has no sticky sessions (sticky.by = none)"),
            _ => (default, null, $"\"{text}\" is neither a session's key of 16 hexadecimal digits nor a cookie of ours that a key in "
                + $"force has signed"),
        };
    }

    private static (SessionKey Session, CookieClaims? Said, string Problem) ByValue(string text, PoolConfig pool)
    {
        if (pool.Sticky.By != StickyBy.SourceIp) return (SessionKey.Of(StableHash.Of(pool.Name), Encoding.Latin1.GetBytes(text)), null, "");
        if (SourceAddress.BytesOf(text) is not { } address)
            return (default, null, $"\"{text}\" is no IP address, and pool \"{pool.Name}\" knows clients by source-ip");
        return (SessionKey.Of(StableHash.Of(pool.Name), address), null, "");
    }
}
