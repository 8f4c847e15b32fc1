using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>What must hold between the parts of a configuration that is read.</summary>
internal static class ConfigurationRules
{
    public static void Check(ClusterLbConfig config, ConfigurationSection root)
    {
        if (config.Listeners.Count == 0) root.Report("listeners", "is empty; a node needs at least one, such as web { bind = \"0.0.0.0:8080\", pool = app }");
        var pools = config.Pools.ToDictionary(pool => pool.Name);
        foreach (var listener in config.Listeners) CheckListener(listener, pools, root);
        CheckAddresses(config, root);
    }

    private static void CheckListener(ListenerConfig listener, Dictionary<string, PoolConfig> pools, ConfigurationSection root)
    {
        var key = $"listeners.{listener.Name}";
        CheckPool(listener.Pool, $"{key}.pool", pools, root);
        foreach (var route in listener.Routes)
        {
            if (route.Pool.Length == 0) root.Report($"{key}.{route.Name}.pool", "is missing; a route needs a pool");
            CheckPool(route.Pool, $"{key}.{route.Name}.pool", pools, root);
        }

        if (listener.Pool.Length == 0 && listener.Routes.Count == 0) root.Report($"{key}.pool", "is missing; a listener needs a pool or routes");
        if (listener.Protocol == ListenerProtocol.Tcp) CheckTcp(listener, key, pools, root);
    }

    private static void CheckTcp(ListenerConfig listener, string key, Dictionary<string, PoolConfig> pools, ConfigurationSection root)
    {
        if (listener.Routes.Count > 0) root.Report($"{key}.routes", "a tcp listener sees no requests to route; it must be [], and pool says where connections go");
        if (listener.Upgrades.Count > 0) root.Report($"{key}.upgrades", "a tcp listener sees no requests to upgrade; it must be []");
        if (pools.GetValueOrDefault(listener.Pool) is { Balance: "consistent-hash", Hash.Key: not HashKeyKind.SourceIp } pool)
            root.Report($"pools.{pool.Name}.hash.key", $"tcp listener {listener.Name} uses this pool and sees no requests; it must be source-ip");
        if (pools.GetValueOrDefault(listener.Pool) is { Sticky.By: not (StickyBy.None or StickyBy.SourceIp) } sticky)
            root.Report($"pools.{sticky.Name}.sticky.by", $"tcp listener {listener.Name} uses this pool and sees no requests; it must be none or source-ip");
    }

    private static void CheckPool(string name, string key, Dictionary<string, PoolConfig> pools, ConfigurationSection root)
    {
        if (name.Length > 0 && !pools.ContainsKey(name))
            root.Report(key, $"\"{name}\" is not a pool; the pools are: {(pools.Count == 0 ? "none" : string.Join(", ", pools.Keys.Order(StringComparer.Ordinal)))}");
    }

    private static void CheckAddresses(ClusterLbConfig config, ConfigurationSection root)
    {
        var bound = new List<(string Key, IPEndPoint Bind)> { ("node.admin.bind", config.Node.Admin.Bind) };
        foreach (var listener in config.Listeners)
        {
            var key = $"listeners.{listener.Name}.bind";
            var other = bound.Find(one => Overlap(one.Bind, listener.Bind));
            if (other.Key is not null) root.Report(key, $"{listener.Bind} is taken by {other.Key} already");
            bound.Add((key, listener.Bind));
        }
    }

    private static bool Overlap(IPEndPoint one, IPEndPoint other)
    {
        if (one.Port != other.Port || one.Port == 0) return false;
        return one.Address.Equals(other.Address) || (one.AddressFamily == other.AddressFamily && (IsAny(one) || IsAny(other)));
    }

    private static bool IsAny(IPEndPoint endPoint) => endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
}
