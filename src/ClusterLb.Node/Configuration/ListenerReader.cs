using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads one block of <c>listeners</c>.</summary>
internal static class ListenerReader
{
    public static ListenerConfig Read(string name, ConfigurationSection section, ConfigurationNode routeDefaults)
    {
        ConfigurationReader.CheckName(section, "", name);
        var bind = EndPoints.ParseBind(section.Text("bind"), out var problem);
        if (bind is null) section.Report("bind", problem);
        var listener = new ListenerConfig
        {
            Name = name,
            Bind = bind ?? new IPEndPoint(IPAddress.Loopback, 0),
            Protocol = section.Choice("protocol", ("http", ListenerProtocol.Http), ("tcp", ListenerProtocol.Tcp)),
            Pool = section.Text("pool"),
            Routes = section.Blocks("routes", routeDefaults).Select(route => ReadRoute(route.Name, route.Section)).ToEquatableList(),
            MaxConnections = section.Integer("max-connections", 1, 10_000_000),
            Upgrades = section.List("upgrades", ParseUpgrade, "a protocol such as websocket; h2c is never one"),
            TrustedProxies = section.List("trusted-proxies", text => (IPNetwork.TryParse(text, out var network), network), "a CIDR such as 10.0.0.0/8"),
            Forwarded = section.Flag("forwarded"),
            Timeouts = ReadTimeouts(section.Child("timeouts")),
            Limits = ReadLimits(section.Child("limits")),
        };
        section.RejectUnknown();
        return listener;
    }

    private static (bool, string) ParseUpgrade(string text)
    {
        var protocol = text.ToLowerInvariant();
        return (protocol.Length > 0 && protocol.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && !protocol.StartsWith("h2", StringComparison.Ordinal), protocol);
    }

    private static RouteConfig ReadRoute(string name, ConfigurationSection section)
    {
        var (headerName, headerValue) = Split(section.Text("header"), ':');
        var (cookieName, cookieValue) = Split(section.Text("cookie"), '=');
        var route = new RouteConfig
        {
            Name = name,
            Host = section.Text("host").ToLowerInvariant(),
            Path = section.Text("path"),
            PathPrefix = section.Text("path-prefix"),
            Methods = section.Texts("method"),
            HeaderName = headerName,
            HeaderValue = headerValue,
            CookieName = cookieName,
            CookieValue = cookieValue,
            Pool = section.Text("pool"),
        };
        CheckRoute(route, section);
        section.RejectUnknown();
        return route;
    }

    private static void CheckRoute(RouteConfig route, ConfigurationSection section)
    {
        var host = route.Host.StartsWith("*.", StringComparison.Ordinal) ? route.Host[2..] : route.Host;
        if (host.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_' or '[' or ']' or ':')) || (route.Host.Length > 0 && host.Length == 0))
            section.Report("host", $"is \"{route.Host}\"; it must be a host such as shop.example.com, or *.example.com, without a port");
        if (route.Path.Length > 0 && route.PathPrefix.Length > 0) section.Report("path-prefix", "stands beside path; a route has one of them");
        if (route.Path.Length > 0 && route.Path[0] != '/' && route.Path != "*") section.Report("path", $"is \"{route.Path}\"; it must begin with /");
        if (route.PathPrefix.Length > 0 && route.PathPrefix[0] != '/') section.Report("path-prefix", $"is \"{route.PathPrefix}\"; it must begin with /");
    }

    private static (string Name, string Value) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text.Trim(), "") : (text[..at].Trim(), text[(at + 1)..].Trim());
    }

    private static ListenerTimeouts ReadTimeouts(ConfigurationSection section)
    {
        var timeouts = new ListenerTimeouts
        {
            RequestHead = section.Duration("request-head", "100ms", "1h"),
            BodyIdle = section.Duration("body-idle", "100ms", "24h"),
            KeepAlive = section.Duration("keep-alive", "100ms", "24h"),
        };
        section.RejectUnknown();
        return timeouts;
    }

    private static HttpLimits ReadLimits(ConfigurationSection section)
    {
        var limits = new HttpLimits
        {
            HeadBytes = (int)section.Size("head", 1024, 64 * 1024, "a size from 1KiB to 64KiB"),
            HeaderCount = section.Integer("header-count", 1, 1_000),
            TargetBytes = (int)section.Size("target", 64, 64 * 1024, "a size from 64 to 64KiB"),
            BodyBytes = section.Size("body", 0, long.MaxValue, "a size such as 10MiB, or 0 for unlimited"),
        };
        section.RejectUnknown();
        return limits;
    }
}
