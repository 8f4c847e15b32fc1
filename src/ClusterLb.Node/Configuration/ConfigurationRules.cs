using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;

namespace ClusterLb.Node.Configuration;

/// <summary>What must hold between the parts of a configuration that is read.</summary>
internal static class ConfigurationRules
{
    public static void Check(ClusterLbConfig config, Policies policies, ConfigurationSection root)
    {
        if (config.Listeners.Count == 0)
            root.Report("listeners", "is empty; a node needs at least one, such as web { bind = \"0.0.0.0:8080\", pool = app }");
        var pools = config.Pools.ToDictionary(pool => pool.Name);
        foreach (var listener in config.Listeners) CheckListener(listener, pools, policies, root);
        CheckAddresses(config, root);
        LoopRules.Check(config, root);
    }

    private static void CheckListener(
        ListenerConfig listener, Dictionary<string, PoolConfig> pools, Policies policies, ConfigurationSection root)
    {
        var key = ConfigurationKey.Of("listeners", listener.Name);
        CheckPool(listener.Pool, $"{key}.pool", pools, root);
        foreach (var (i, route) in listener.Routes.Index())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{key}.routes[{i}]");
            if (route.Pool.Length == 0) root.Report($"{at}.pool", "is missing; a route needs a pool");
            CheckPool(route.Pool, $"{at}.pool", pools, root);
            CheckPath(route.Path, $"{at}.path", listener, root);
            CheckPath(route.PathPrefix, $"{at}.path-prefix", listener, root);
        }

        if (listener.Pool.Length == 0 && listener.Routes.Count == 0)
            root.Report($"{key}.pool", "is missing; a listener needs a pool or routes");
        if (listener.Protocol == ListenerProtocol.Tcp) CheckTcp(listener, key, pools.GetValueOrDefault(listener.Pool), policies, root);
        CheckCookies(listener, pools, root);
    }

    /// <summary>A path in another form than requests have when they are matched would match none.</summary>
    private static void CheckPath(string path, string key, ListenerConfig listener, ConfigurationSection root)
    {
        if (!HttpText.IsPath(path)) return;
        var bytes = Encoding.ASCII.GetBytes(path);
        var refusal = new PathRules(listener.Path, listener.MergeSlashes).Apply(bytes, out var length);
        var form = Encoding.ASCII.GetString(bytes, 0, Math.Max(length, 0));
        if (refusal is not null) root.Report(key, $"\"{path}\" would match no request: {refusal}");
        else if (form != path)
            root.Report(key, $"\"{path}\" would match no request; it must have the form that paths have here: \"{form}\"");
    }

    /// <summary>
    /// A client keeps one cookie of a name for a path and domain: pools that share it would take their sessions from each other, or from
    /// the application.
    /// </summary>
    private static void CheckCookies(ListenerConfig listener, Dictionary<string, PoolConfig> pools, ConfigurationSection root)
    {
        var served = listener.Routes.Select(route => (route.Host, IsAll: TakesAll(route), Pool: pools.GetValueOrDefault(route.Pool)))
            .Append((Host: "", IsAll: false, Pool: pools.GetValueOrDefault(listener.Pool)))
                .Where(one => one.Pool?.Sticky.By is StickyBy.Cookie or StickyBy.AppCookie).ToList();
        var clash = served.SelectMany((one, i) => served.Skip(i + 1).Select(other => (One: one, Other: other)))
            .FirstOrDefault(pair => pair.One.Pool != pair.Other.Pool && ShareCookie(pair.One.Pool!.Sticky, pair.Other.Pool!.Sticky)
                && (pair.One.Pool.Sticky.Cookie.Domain.Length > 0
                    || ShareHost(pair.One.Host, pair.One.IsAll, pair.Other.Host, pair.Other.IsAll)));
        if (clash is not { One.Pool: { } first, Other.Pool: { } second }) return;
        root.Report(
            ConfigurationKey.Of("pools", second.Name, "sticky", "name"),
            $"\"{second.Sticky.Name}\" is the cookie of pool {first.Name}, too, and a client of listener {listener.Name} may have both; "
            + "give each pool a name of its own, or a cookie.path of its own where paths tell them apart");
    }

    /// <summary>A route that looks at nothing but the host.</summary>
    private static bool TakesAll(RouteConfig route) =>
        route is { Path: "", PathPrefix: "" or "/", Methods.Count: 0, HeaderName: "", CookieName: "" };

    /// <summary>An application's own cookie is taken to be for all paths, as most are; two of the application are its own affair.</summary>
    private static bool ShareCookie(StickyConfig one, StickyConfig other)
    {
        if (one.Name != other.Name || (one.By == StickyBy.AppCookie && other.By == StickyBy.AppCookie)) return false;
        if (one.By != other.By) return true;
        return one.Cookie.Domain == other.Cookie.Domain
            && (Covers(one.Cookie.Path, other.Cookie.Path) || Covers(other.Cookie.Path, one.Cookie.Path));
    }

    /// <summary>RFC 6265 section 5.1.4.</summary>
    private static bool Covers(string path, string other) =>
        other.StartsWith(path, StringComparison.Ordinal) && (path.Length == other.Length || path[^1] == '/' || other[path.Length] == '/');

    /// <summary>Empty = every host but those that a route takes for itself; <c>*.</c> begins a suffix.</summary>
    private static bool ShareHost(string one, bool oneIsAll, string other, bool otherIsAll)
    {
        if (one.Length == 0) return other.Length == 0 || !otherIsAll;
        if (other.Length == 0) return !oneIsAll;
        return one == other || (one[0] == '*' && other.EndsWith(one[1..], StringComparison.Ordinal))
            || (other[0] == '*' && one.EndsWith(other[1..], StringComparison.Ordinal));
    }

    private static void CheckTcp(ListenerConfig listener, string key, PoolConfig? pool, Policies policies, ConfigurationSection root)
    {
        if (listener.Routes.Count > 0)
            root.Report($"{key}.routes", "a tcp listener sees no requests to route; it must be [], and pool says where connections go");
        if (listener.Upgrades.Count > 0) root.Report($"{key}.upgrades", "a tcp listener sees no requests to upgrade; it must be []");
        if (pool is null) return;
        var why = $"tcp listener {listener.Name} uses this pool and sees no requests";
        var ofPool = ConfigurationKey.Of("pools", pool.Name);
        if (policies.Get(pool.Balance).KeyOf(pool) is { Kind: not HashKeyKind.SourceIp } source)
            root.Report($"{ofPool}.hash.key", $"{why}, and {pool.Balance} hashes by {source}; it must be source-ip");
        if (pool.Sticky.By is not (StickyBy.None or StickyBy.SourceIp))
            root.Report($"{ofPool}.sticky.by", $"{why}; it must be none or source-ip");
    }

    private static void CheckPool(string name, string key, Dictionary<string, PoolConfig> pools, ConfigurationSection root)
    {
        if (name.Length == 0 || pools.ContainsKey(name) || root.IsWrong("pools")) return;
        var known = pools.Count == 0 ? "none" : string.Join(", ", pools.Keys.Order(StringComparer.Ordinal));
        root.Report(key, $"\"{name}\" is not a pool; the pools are: {known}");
    }

    private static void CheckAddresses(ClusterLbConfig config, ConfigurationSection root)
    {
        var bound = new List<(string Key, IPEndPoint Bind)>();
        // Without seeds that port is not opened.
        if (config.Cluster.Seeds.Count > 0) bound.Add(("node.cluster-port", ClusterAddress.BindOf(config)));
        Take("node.admin.bind", config.Node.Admin.Bind);
        if (config.Node.HealthBind is { } health) Take("node.health-bind", health);
        if (config.Dns.Bind is { } dns) Take("dns.bind", dns);
        foreach (var listener in config.Listeners) Take(ConfigurationKey.Of("listeners", listener.Name, "bind"), listener.Bind);

        void Take(string key, IPEndPoint bind)
        {
            var other = bound.Find(one => Overlap(one.Bind, bind));
            if (other.Key is not null) root.Report(key, $"{bind} is taken by {other.Key} already");
            bound.Add((key, bind));
        }
    }

    /// <summary>Of two families never: <see cref="BoundPorts.AlsoTakesIPv4"/>.</summary>
    private static bool Overlap(IPEndPoint one, IPEndPoint other)
    {
        if (one.Port != other.Port || one.Port == 0) return false;
        return one.Address.Equals(other.Address) || (one.AddressFamily == other.AddressFamily && (IsAny(one) || IsAny(other)));
    }

    private static bool IsAny(IPEndPoint endPoint) => endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
}
