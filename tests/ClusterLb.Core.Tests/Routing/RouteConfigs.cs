using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Tests.Routing;

/// <summary>Listeners and routes with the documented defaults; tests change what they are about.</summary>
internal static class RouteConfigs
{
    public static RouteConfig Route(string pool, string host = "", string path = "", string prefix = "") => new()
    {
        Name = $"routes-to-{pool}",
        Host = host,
        Path = path,
        PathPrefix = prefix,
        Methods = [],
        HeaderName = "",
        HeaderValue = "",
        CookieName = "",
        CookieValue = "",
        Pool = pool,
    };

    public static ListenerConfig Listener(string pool, params RouteConfig[] routes) => new()
    {
        Name = "web",
        Bind = new IPEndPoint(IPAddress.Loopback, 8080),
        Protocol = ListenerProtocol.Http,
        Pool = pool,
        Routes = routes.ToEquatableList(),
        MaxConnections = 65_536,
        MaxConnectionsPerClient = 0,
        Path = PathForm.Normalise,
        MergeSlashes = false,
        Upgrades = [],
        TrustedProxies = [],
        Forwarded = false,
        Via = true,
        Timeouts = new()
        {
            RequestHead = TimeSpan.FromSeconds(10),
            BodyIdle = TimeSpan.FromSeconds(30),
            KeepAlive = TimeSpan.FromSeconds(60),
        },
        Limits = new() { HeadBytes = 16_384, HeaderCount = 100, TargetBytes = 8_192, BodyBytes = 0, BodyRate = 240 },
    };

    public static ClusterLbConfig Whole(EquatableList<PoolConfig> pools, params ListenerConfig[] listeners) => new()
    {
        Fingerprint = "",
        Node = null!,
        Cluster = null!,
        Store = null!,
        Dns = null!,
        Sticky = null!,
        Listeners = listeners.ToEquatableList(),
        Pools = pools,
    };
}
