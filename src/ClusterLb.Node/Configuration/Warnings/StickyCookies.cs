using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Cookies that browsers drop (RFC 6265bis, sections 4.1.3 and 5.7).</summary>
internal static class StickyCookies
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) =>
        of.Config.Pools.Where(pool => pool.Sticky.By == StickyBy.Cookie).SelectMany(pool => LookAt(pool, of));

    private static IEnumerable<ConfigurationProblem> LookAt(PoolConfig pool, Examined of)
    {
        var (name, cookie) = (pool.Sticky.Name, pool.Sticky.Cookie);
        var block = ConfigurationKey.Of("pools", pool.Name, "sticky", "cookie");
        // Browsers compare the prefix without case.
        var isOfHost = name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase);
        var isSecure = isOfHost || name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase);
        var dropped = $"browsers drop the cookie \"{name}\"";
        if (isOfHost && cookie.Domain.Length > 0)
            yield return of.Warn($"{block}.domain", $"{dropped} with a domain, for __Host- means none; it must be \"\"");
        if (isOfHost && cookie.Path != "/")
            yield return of.Warn($"{block}.path", $"{dropped} with path {cookie.Path}, for __Host- means all of the host; it must be /");
        if (isSecure && cookie.Secure == CookieSecure.Never)
            yield return of.Warn($"{block}.secure", $"{dropped} where it is not secure; it must be always");
        // Without a proxy that says so, a client is never known to come over TLS.
        if (isSecure && cookie is { Secure: CookieSecure.Auto, SameSite: not CookieSameSite.None }
            && of.WaysTo(pool).Any(way => way.Listener.TrustedProxies.Count == 0))
        {
            yield return of.Warn($"{block}.secure", $"{dropped} where it is not secure, and auto never makes it so on a listener without "
                + "trusted-proxies; it must be always");
        }

        var domain = cookie.Domain.Trim('.');
        if (domain.Length > 0 && (!domain.Contains('.') || IPAddress.TryParse(domain, out _)))
        {
            yield return of.Warn($"{block}.domain",
                $"browsers drop cookies for all of \"{cookie.Domain}\"; it must be a domain such as example.com, or \"\" for the host "
                + "alone");
        }
    }
}
