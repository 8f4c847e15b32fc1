namespace ClusterLb.Node.Configuration;

/// <summary>What other balancers call a key: HAProxy, nginx, Caddy, Traefik.</summary>
internal static class ForeignKeys
{
    private static readonly Dictionary<string, string[]> s_keys = new()
    {
        ["algorithm"] = ["balance"],
        ["backend"] = ["pool", "pools"],
        ["check"] = ["health"],
        ["client_max_body_size"] = ["limits"],
        ["cookie"] = ["sticky"],
        ["defaults"] = ["pool-defaults"],
        ["endpoint"] = ["address"],
        ["expect"] = ["expected-status"],
        ["fall"] = ["unhealthy-threshold"],
        ["fails"] = ["unhealthy-threshold"],
        ["frontend"] = ["listeners"],
        ["frontends"] = ["listeners"],
        ["global"] = ["node"],
        ["healthcheck"] = ["health"],
        ["inter"] = ["interval"],
        ["lb_policy"] = ["balance"],
        ["listen"] = ["bind", "listeners"],
        ["location"] = ["path-prefix"],
        ["max_conns"] = ["max-in-flight"],
        ["max_fails"] = ["passive"],
        ["maxconn"] = ["max-in-flight", "max-connections"],
        ["mode"] = ["protocol"],
        ["passes"] = ["healthy-threshold"],
        ["policy"] = ["balance"],
        ["rise"] = ["healthy-threshold"],
        ["routers"] = ["routes"],
        ["server"] = ["backends"],
        ["servers"] = ["backends"],
        ["services"] = ["pools"],
        ["slowstart"] = ["slow-start"],
        ["status"] = ["expected-status"],
        ["stick"] = ["sticky"],
        ["upstream"] = ["pool", "pools", "backends"],
        ["upstreams"] = ["pools", "backends"],
        ["uri"] = ["path"],
        ["url"] = ["address", "path"],
    };

    /// <summary>The key of ours that means the same; null = none that is legal there.</summary>
    public static string? Of(string key, IReadOnlyCollection<string> legal) =>
        s_keys.GetValueOrDefault(key.ToLowerInvariant())?.FirstOrDefault(legal.Contains);
}
