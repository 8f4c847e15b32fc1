using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads one block of <c>listeners</c>.</summary>
internal static class ListenerReader
{
    // Listeners take no longer one.
    private const int LongestMethod = 64;

    /// <summary>To "whether", where a protocol must stand.</summary>
    private static readonly string[] s_answers = ["true", "on", "yes", "false", "off", "no", "all", "any"];

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
            Routes = ReadRoutes(section.Blocks("routes", routeDefaults)),
            MaxConnections = section.Integer("max-connections", 1, 10_000_000),
            MaxConnectionsPerClient = section.Integer("max-connections-per-client", 0, 10_000_000),
            Path = section.Choice("path", ("normalise", PathForm.Normalise), ("strict", PathForm.Strict), ("raw", PathForm.Raw)),
            MergeSlashes = section.Flag("merge-slashes"),
            Upgrades = section.List("upgrades", ParseUpgrade, "a protocol such as websocket; h2c is never one"),
            TrustedProxies = section.List("trusted-proxies", text => (IPNetwork.TryParse(text, out var network), network),
                "a CIDR such as 10.0.0.0/8, or 10.0.0.1/32 for one address"),
            Forwarded = section.Flag("forwarded"),
            Via = section.Flag("via"),
            Timeouts = ReadTimeouts(section.Child("timeouts")),
            Limits = ReadLimits(section.Child("limits")),
        };
        section.RejectUnknown();
        return listener;
    }

    private static (bool, string) ParseUpgrade(string text)
    {
        var protocol = text.ToLowerInvariant();
        return (protocol.Length > 0 && protocol.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
            && !protocol.StartsWith("h2", StringComparison.Ordinal) && !s_answers.Contains(protocol), protocol);
    }

    private static EquatableList<RouteConfig> ReadRoutes(IEnumerable<(string Place, ConfigurationSection Section)> blocks)
    {
        var routes = new List<RouteConfig>();
        foreach (var (_, section) in blocks)
        {
            var route = ReadRoute(section);
            if (route.Name.Length == 0) route = route with { Name = RouteNames.Describe(route) };
            else if (RouteNames.ProblemOf(route.Name, routes.Select(other => other.Name)) is { } problem) section.Report("name", problem);
            else ConfigurationReader.CheckName(section, "name", route.Name);
            routes.Add(route);
        }

        return routes.ToEquatableList();
    }

    private static RouteConfig ReadRoute(ConfigurationSection section)
    {
        var (headerName, headerValue) = ReadPair(section, "header", ':', "a header such as \"X-Tenant\" or \"X-Tenant: blue\"");
        var (cookieName, cookieValue) = ReadPair(section, "cookie", '=', "a cookie such as beta or \"beta=1\"");
        var route = new RouteConfig
        {
            Name = section.Text("name"),
            Host = HostOf(section.Text("host")),
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

    /// <summary>As requests are compared with it: in lower case, without the dot that a name written to its end has.</summary>
    private static string HostOf(string text)
    {
        var host = text.ToLowerInvariant();
        return host.Length > 1 && host.EndsWith('.') ? host[..^1] : host;
    }

    private static void CheckRoute(RouteConfig route, ConfigurationSection section)
    {
        if (route.Host.Length > 0 && !IsHost(route.Host))
        {
            section.Report("host", $"is \"{route.Host}\"; it must be a host such as shop.example.com, or *.example.com, without a port"
                + HintForOthers(route.Host, "a name with other letters begins with xn--"));
        }

        if (route.Path.Length > 0 && route.PathPrefix.Length > 0)
            section.Report("path-prefix", "stands beside path; a route has one of them");
        if (route.Path.Length > 0 && route.Path != "*" && !HttpText.IsPath(route.Path))
            section.Report("path", ProblemOf(route.Path));
        if (route.PathPrefix.Length > 0 && !HttpText.IsPath(route.PathPrefix))
            section.Report("path-prefix", ProblemOf(route.PathPrefix));
        foreach (var method in route.Methods) CheckMethod(method, section);
    }

    private static string ProblemOf(string path) =>
        $"is \"{path}\"; it must begin with / and hold no space, ? or #{HintForOthers(path, "other letters are written as %C3%A4")}";

    private static string HintForOthers(string text, string hint) => text.All(char.IsAscii) ? "" : $", and {hint}";

    private static bool IsHost(string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
            return IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return name.Split('.').All(label => label.Length > 0 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }

    /// <summary>Methods are case-sensitive (RFC 9110 section 9.1): <c>get</c> would match no request.</summary>
    private static void CheckMethod(string method, ConfigurationSection section)
    {
        if (!HttpText.IsToken(method) || method.Length > LongestMethod)
        {
            var legal = $"a method such as GET, of at most {LongestMethod} characters";
            section.Report("method", $"\"{method}\" is not legal; each must be {legal}");
        }
        else if (HttpText.MeantMethod(method) is { } meant)
        {
            section.Report("method", $"\"{method}\" would match no request, for methods are case-sensitive; it must be {meant}");
        }
    }

    private static (string Name, string Value) ReadPair(ConfigurationSection section, string key, char separator, string legal)
    {
        var text = section.Text(key);
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        var (name, value) = at < 0 ? (text.Trim(), "") : (text[..at].Trim(), text[(at + 1)..].Trim());
        if (text.Length > 0 && (!HttpText.IsToken(name) || value.Any(char.IsControl)))
            section.Report(key, $"is \"{text}\"; it must be {legal}");
        return (name, value);
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
            BodyRate = section.Size("body-rate", 0, 1024 * 1024, "bytes per second from 0 to 1MiB, 0 for any"),
        };
        section.RejectUnknown();
        return limits;
    }
}
