using System.Text;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Routing;

/// <summary>
/// The headers and cookies that decide where requests of one listener go: of its routes, and of the hash keys and sessions of its pools. A
/// request may have each of them once, for of two values one server would read the first and another one the last.
/// </summary>
public sealed class DecidingNames
{
    private DecidingNames(IEnumerable<string> headers, IEnumerable<string> cookies)
    {
        Headers = [.. headers.Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Select(Encoding.ASCII.GetBytes)];
        Cookies = [.. cookies.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).Select(Encoding.ASCII.GetBytes)];
    }

    /// <summary>Compare without case.</summary>
    public byte[][] Headers { get; }

    /// <summary>Compare with case.</summary>
    public byte[][] Cookies { get; }

    /// <param name="pools">Those that its requests may go to.</param>
    public static DecidingNames Of(IReadOnlyCollection<RouteConfig> routes, IReadOnlyCollection<Pool> pools)
    {
        IEnumerable<string> Sticky(params StickyBy[] by) =>
            pools.Select(pool => pool.Config.Sticky).Where(sticky => by.Contains(sticky.By)).Select(sticky => sticky.Name);
        IEnumerable<string> Keys(HashKeyKind kind) =>
            pools.Select(pool => pool.Policy.KeyOf(pool.Config)).OfType<KeySource>().Where(key => key.Kind == kind).Select(key => key.Name);
        return new DecidingNames(
            [.. routes.Select(route => route.HeaderName), .. Keys(HashKeyKind.Header), .. Sticky(StickyBy.Header)],
            [.. routes.Select(route => route.CookieName), .. Keys(HashKeyKind.Cookie), .. Sticky(StickyBy.Cookie, StickyBy.AppCookie)]);
    }
}
