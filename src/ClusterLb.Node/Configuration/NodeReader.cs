using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>node { ... }</c>.</summary>
internal static class NodeReader
{
    private const int LeastToken = 16;

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
            HealthBind = ReadHealthBind(section),
            DrainDelay = section.Duration("drain-delay", "0s", "10m"),
            DrainTimeout = section.Duration("drain-timeout", "0s", "24h"),
            TakeoverSocket = ReadTakeoverSocket(section),
            AccessLog = AccessLogReader.Read(section.Child("access-log", off: "format = off")),
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
            Token = section.Secret("token", out var tokenFile),
            TokenFile = tokenFile,
            ReadToken = section.Secret("read-token", out var readTokenFile),
            ReadTokenFile = readTokenFile,
            Tls = ReadTls(section.Child("tls")),
            MaxConnections = section.Integer("max-connections", 1, 1_024),
            MaxConnectionsPerClient = section.Integer("max-connections-per-client", 1, 1_024),
        };
        if (bind is null)
        {
            section.Report("bind", problem);
        }
        else if (admin.Token.IsNone && admin.TokenFile.Length == 0 && !IPAddress.IsLoopback(bind.Address))
        {
            section.Report("token", string.Create(CultureInfo.InvariantCulture,
                $"is missing; {bind} is not a loopback address, so the admin port needs a token"));
        }

        CheckToken(section, "token", admin.Token);
        CheckToken(section, "read-token", admin.ReadToken);
        if (!admin.ReadToken.IsNone && admin.Token.IsNone && admin.TokenFile.Length == 0)
            section.Report("read-token", "is given without token, and then whoever has none could do everything; give both");
        if (!admin.ReadToken.IsNone && admin.ReadToken == admin.Token)
            section.Report("read-token", "is the same as token; it must be another one");
        section.RejectUnknown();
        return admin;
    }

    private static void CheckToken(ConfigurationSection section, string key, Secret token)
    {
        if (!HttpText.IsVisible(token.Plain))
        {
            section.Report(key, "holds a space or a character that no header carries; use visible ASCII");
        }
        else if (!token.IsNone && token.Plain.Length < LeastToken)
        {
            section.Report(key, string.Create(CultureInfo.InvariantCulture,
                $"is {token.Plain.Length} characters long; it must have {LeastToken} or more, such as the output of: ")
                + "openssl rand -hex 32");
        }
    }

    private static AdminTlsConfig ReadTls(ConfigurationSection section)
    {
        var tls = new AdminTlsConfig { Certificate = section.File("certificate"), Key = section.File("key") };
        section.RejectUnknown();
        if (tls is { Certificate: "", Key: "" }) return tls;
        foreach (var (key, file) in new[] { ("certificate", tls.Certificate), ("key", tls.Key) })
        {
            if (file.Length == 0) section.Report(key, "is missing; certificate and key go together");
            else if (!FilePaths.IsFile(file)) section.Report(key, $"\"{file}\" is no file; it must be a PEM file");
        }

        if (!FilePaths.IsFile(tls.Certificate) || !FilePaths.IsFile(tls.Key)) return tls;
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
        }
        catch (Exception failure) when (
            failure is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            section.Report("certificate",
                $"\"{tls.Certificate}\" with key \"{tls.Key}\" cannot be used: {failure.Message.ReplaceLineEndings(" ")}");
        }

        return tls;
    }

    private static IPEndPoint? ReadHealthBind(ConfigurationSection section)
    {
        if (section.Text("health-bind") is not { Length: > 0 } text) return null;
        var bind = EndPoints.ParseBind(text, out var problem);
        if (bind is null) section.Report("health-bind", problem);
        return bind;
    }

    private static string ReadTakeoverSocket(ConfigurationSection section)
    {
        var path = section.Text("takeover-socket");
        if (path.Length > 0 && ProblemOfSocket(path) is { } problem) section.Report("takeover-socket", problem);
        return path;
    }

    /// <summary>107 bytes are what an address of a unix socket takes (unix(7)); a new one has up to eight more at first.</summary>
    private static string? ProblemOfSocket(string path)
    {
        const int MostBytes = 99;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return "is only on Linux, 64 bits; it must be empty here";
        if (!Path.IsPathFullyQualified(path))
            return $"is \"{path}\"; it must be an absolute path, such as /run/clusterlb/takeover.sock";
        if (Encoding.UTF8.GetByteCount(path) is > MostBytes and var bytes)
            return string.Create(CultureInfo.InvariantCulture, $"has {bytes} bytes; the path of a socket must have {MostBytes} or fewer");
        if (Directory.Exists(path))
            return $"\"{path}\" is a folder; it must be a path in one, such as {Path.Combine(path, "takeover.sock")}";
        var folder = Path.GetDirectoryName(path);
        return Directory.Exists(folder) ? null : $"\"{path}\" is in a folder that is not there; make {folder} first";
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
