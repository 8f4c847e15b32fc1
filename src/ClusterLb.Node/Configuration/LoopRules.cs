using System.Net;
using System.Net.NetworkInformation;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// No way of a request may lead back to where it came in: each turn of such a loop is one more connection, until none are left. What needs
/// no request to be seen is found here: refused where it is written, told when a name comes to lead there (<c>NamedLoops</c>). A loop that
/// depends on routes, or leads over other nodes, is seen by <c>Via</c> when it comes by again.
/// </summary>
internal static class LoopRules
{
    public static void Check(ClusterLbConfig config, ConfigurationSection root)
    {
        foreach (var loop in Find(config)) root.Report(loop.Key, loop.Message);
    }

    /// <summary>Every loop, by the key that makes it; of a name only what it stands for in this configuration is looked at.</summary>
    public static IEnumerable<(string Key, string Message)> Find(ClusterLbConfig config)
    {
        var pools = config.Pools.ToDictionary(pool => pool.Name);
        foreach (var direct in config.Listeners.SelectMany(listener => FindDirect(listener, config, pools))) yield return direct;
        var always = config.Listeners.Where(listener => listener.Routes.Count == 0).ToList();
        var reported = new HashSet<string>();
        foreach (var listener in always)
        {
            if (FindWayBack(listener, listener, [], Next) is not { } way || reported.Overlaps(way)) continue;
            reported.UnionWith(way.Append(listener.Name));
            yield return (ConfigurationKey.Of("listeners", listener.Name, "pool"),
                $"leads back to this listener, by way of {string.Join(", ", way)}; connections would go round until none are left");
        }

        IEnumerable<ListenerConfig> Next(ListenerConfig from) => pools.GetValueOrDefault(from.Pool) is { } pool
            ? always.Where(to => to != from && pool.Backends.Any(backend => IsAt(backend, to.Bind, config)))
            : [];
    }

    /// <summary>
    /// A backend whose name leads back to where its connections came in, by TCP alone, is down: nothing in bytes that are only passed on
    /// would ever end such a loop, and a single client would take every descriptor. Where HTTP is on the way, <c>Via</c> does.
    /// </summary>
    /// <param name="config">With the addresses that names have.</param>
    public static ClusterLbConfig WithoutNamedLoops(ClusterLbConfig config)
    {
        var listeners = config.Listeners.Where(listener => listener.Protocol == ListenerProtocol.Tcp).ToList();
        return config with
        {
            Pools = config.Pools.Select(pool => pool with
            {
                Backends = pool.Backends.Select(backend => Judge(pool, backend)).ToEquatableList(),
            }).ToEquatableList(),
        };

        BackendConfig Judge(PoolConfig pool, BackendConfig backend)
        {
            if ((backend.Host.Length == 0 && backend.Source.Length == 0) || backend.NameProblem.Length > 0) return backend;
            var back = Behind(backend).FirstOrDefault(next => Reaches(next, pool.Name, []));
            return back is null ? backend : backend with { NameProblem = $"name leads back to this node's listener {back.Name}" };
        }

        IEnumerable<ListenerConfig> Behind(BackendConfig backend) =>
            listeners.Where(listener => IsAt(backend, listener.Bind, config));

        bool Reaches(ListenerConfig from, string pool, HashSet<string> seen) => from.Pool == pool
            || (seen.Add(from.Name) && config.Pools.Where(next => next.Name == from.Pool).SelectMany(next => next.Backends)
                .SelectMany(Behind).Any(next => Reaches(next, pool, seen)));
    }

    private static IEnumerable<(string Key, string Message)> FindDirect(
        ListenerConfig listener, ClusterLbConfig config, Dictionary<string, PoolConfig> pools)
    {
        foreach (var pool in listener.Routes.Select(route => route.Pool).Append(listener.Pool).Distinct()
            .Select(name => pools.GetValueOrDefault(name)).OfType<PoolConfig>())
        {
            foreach (var backend in pool.Backends.Where(backend => IsAt(backend, listener.Bind, config)))
            {
                yield return (
                    ConfigurationKey.Of("pools", pool.Name, "backends", backend.Name, "address"),
                    $"\"{backend.Address}\" is listener {listener.Name} itself, which uses this pool; "
                    + "connections would go round until none are left, so it must be another server");
            }
        }
    }

    /// <summary>The listeners between, in order; null when there is no way.</summary>
    private static IReadOnlyList<string>? FindWayBack(ListenerConfig from, ListenerConfig to, HashSet<string> seen, Func<ListenerConfig,
        IEnumerable<ListenerConfig>> next)
    {
        foreach (var step in next(from))
        {
            if (step == to) return [];
            if (seen.Add(step.Name) && FindWayBack(step, to, seen, next) is { } rest) return [step.Name, .. rest];
        }

        return null;
    }

    private static bool IsAt(BackendConfig backend, IPEndPoint bind, ClusterLbConfig config) =>
        backend.Addresses.Append(backend.EndPoint).Any(address => IsAt(address, bind, config));

    /// <summary>Who connects to that address ends at that listener.</summary>
    private static bool IsAt(IPEndPoint address, IPEndPoint bind, ClusterLbConfig config)
    {
        if (address.Port != bind.Port || bind.Port == 0) return false;
        // To connect to "any" is to connect to loopback.
        var to = address.Address.Equals(IPAddress.Any)
            ? IPAddress.Loopback
            : address.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address.Address;
        if (to.IsIPv4MappedToIPv6) to = to.MapToIPv4();
        if (!bind.Address.Equals(IPAddress.Any) && !bind.Address.Equals(IPAddress.IPv6Any)) return bind.Address.Equals(to);
        return (to.AddressFamily == bind.AddressFamily || BoundPorts.AlsoTakesIPv4(config, bind)) && IsOfThisMachine(to, config.Node);
    }

    private static bool IsOfThisMachine(IPAddress address, NodeConfig node) =>
        IPAddress.IsLoopback(address)
        || (IPAddress.TryParse(node.Host, out var own) && own.Equals(address))
        || NetworkInterface.GetAllNetworkInterfaces()
            .Any(network => network.GetIPProperties().UnicastAddresses.Any(one => one.Address.Equals(address)));
}
