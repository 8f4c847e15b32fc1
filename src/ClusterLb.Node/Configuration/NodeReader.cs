using System.Globalization;
using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>node { ... }</c>.</summary>
internal static class NodeReader
{
    public static NodeConfig Read(ConfigurationSection section)
    {
        var node = new NodeConfig
        {
            Name = section.Text("name"),
            Host = section.Text("host"),
            ClusterPort = section.Integer("cluster-port", 1, 65535),
            EventLoops = section.Integer("event-loops", 1, 256, ("auto", Math.Min(Environment.ProcessorCount, 256))),
            Transport = section.Choice("transport", ("auto", TransportKind.Auto), ("epoll", TransportKind.Epoll),
                ("sockets", TransportKind.Sockets)),
            Admin = ReadAdmin(section.Child("admin")),
            DrainDelay = section.Duration("drain-delay", "0s", "10m"),
            DrainTimeout = section.Duration("drain-timeout", "0s", "24h"),
            AccessLog = AccessLogReader.Read(section.Child("access-log")),
            Log = ReadLog(section.Child("log")),
        };
        ConfigurationReader.CheckName(section, "name", node.Name);
        if (!HttpText.IsVisible(node.Host) || Uri.CheckHostName(node.Host) == UriHostNameType.Unknown)
            section.Report("host", $"is \"{node.Host}\"; it must be a name or an address, without a port");
        if (node.Transport == TransportKind.Epoll && !OperatingSystem.IsLinux())
            section.Report("transport", "epoll is only on Linux; use auto or sockets");
        section.RejectUnknown();
        return node;
    }

    private static AdminConfig ReadAdmin(ConfigurationSection section)
    {
        var bind = EndPoints.ParseBind(section.Text("bind"), out var problem);
        var admin = new AdminConfig
        {
            Bind = bind ?? new IPEndPoint(IPAddress.Loopback, 0),
            Token = section.Secret("token"),
            MaxConnections = section.Integer("max-connections", 1, 1_024),
            MaxConnectionsPerClient = section.Integer("max-connections-per-client", 1, 1_024),
        };
        if (bind is null)
        {
            section.Report("bind", problem);
        }
        else if (admin.Token.IsNone && !IPAddress.IsLoopback(bind.Address))
        {
            section.Report("token", string.Create(CultureInfo.InvariantCulture,
                $"is missing; {bind} is not a loopback address, so the admin port needs a token"));
        }

        if (!HttpText.IsVisible(admin.Token.Plain))
            section.Report("token", "holds a space or a character that no header carries; use visible ASCII");
        section.RejectUnknown();
        return admin;
    }

    private static LogConfig ReadLog(ConfigurationSection section)
    {
        var log = new LogConfig
        {
            Level = section.Choice("level", ("debug", LogLevelConfig.Debug), ("info", LogLevelConfig.Info),
                ("warning", LogLevelConfig.Warning), ("error", LogLevelConfig.Error)),
            Format = section.Choice("format", ("text", LogFormat.Text), ("json", LogFormat.Json)),
        };
        section.RejectUnknown();
        return log;
    }
}
