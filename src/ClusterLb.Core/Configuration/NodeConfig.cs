using System.Net;

namespace ClusterLb.Core.Configuration;

/// <summary>This process: its name, its threads, its admin port, how it leaves.</summary>
public sealed record NodeConfig
{
    /// <summary>Unique in the cluster; appears in logs, metrics and <c>Via</c>. Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The address other nodes reach this one at. Default 127.0.0.1.</summary>
    public required string Host { get; init; }

    /// <summary>1 to 65535. Default 4053.</summary>
    public required int ClusterPort { get; init; }

    /// <summary>Number of event loops, 1 to 256; <c>auto</c> in the file is one per core.</summary>
    public required int EventLoops { get; init; }

    /// <summary>Which transport carries the bytes. Default <see cref="TransportKind.Auto"/>.</summary>
    public required TransportKind Transport { get; init; }

    public required AdminConfig Admin { get; init; }

    /// <summary>A port for <c>/livez</c> and <c>/readyz</c> alone, without a token. Default null: only the admin port has them.</summary>
    public required IPEndPoint? HealthBind { get; init; }

    /// <summary>
    /// How long SIGTERM keeps accepting after readiness turned false, so that DNS and health checks notice. Default 5 s, 0 allowed.
    /// </summary>
    public required TimeSpan DrainDelay { get; init; }

    /// <summary>How long open connections may finish after the listeners closed. Default 30 s.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>A unix socket at which another process of this user can take this one's place; empty, the default: there is none.</summary>
    public string TakeoverSocket { get; init; } = "";

    public required AccessLogConfig AccessLog { get; init; }

    public required LogConfig Log { get; init; }
}

public enum TransportKind
{
    /// <summary>Epoll on Linux, sockets elsewhere.</summary>
    Auto,
    Epoll,
    Sockets,
}

/// <summary>The admin port. A non-loopback bind needs a token.</summary>
public sealed record AdminConfig
{
    public required IPEndPoint Bind { get; init; }

    /// <summary>Empty = no token; only legal on a loopback bind.</summary>
    public required Secret Token { get; init; }

    /// <summary>The file that <see cref="Token"/> was read from; empty = none.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>Reads everything and commands nothing. Empty, the default: there is none.</summary>
    public Secret ReadToken { get; init; } = "";

    /// <summary>The file that <see cref="ReadToken"/> was read from; empty = none.</summary>
    public string ReadTokenFile { get; init; } = "";

    /// <summary>Default none: plain HTTP.</summary>
    public AdminTlsConfig Tls { get; init; } = new();

    /// <summary>Open at once, 1 to 1,024; who comes then displaces one that idles or is turned away. Default 64.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>The same of one client address (IPv6: of its /64). Default 32.</summary>
    public required int MaxConnectionsPerClient { get; init; }
}

/// <summary>TLS on the admin port, PEM files. Both empty: none.</summary>
public sealed record AdminTlsConfig
{
    /// <summary>The certificate, with the chain to its authority if there is one.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>The certificate's private key.</summary>
    public string Key { get; init; } = "";

    public bool IsOn => Certificate.Length > 0;
}

public enum AccessLogFormat
{
    Off,
    Json,
    Text,

    /// <summary>Apache's and nginx's common log format.</summary>
    Common,

    /// <summary>The same with referer and user agent.</summary>
    Combined,
}

public sealed record AccessLogConfig
{
    /// <summary>Default <see cref="AccessLogFormat.Off"/>.</summary>
    public required AccessLogFormat Format { get; init; }

    /// <summary>What a line of JSON or text says, in this order. Empty = the usual fields, the default.</summary>
    public required EquatableList<string> Fields { get; init; }

    /// <summary>A file to append to, or <c>-</c> for standard output. Default <c>-</c>.</summary>
    public required string Path { get; init; }
}

public enum LogLevelConfig
{
    Debug,
    Info,
    Warning,
    Error,
}

public enum LogFormat
{
    Text,
    Json,
}

public sealed record LogConfig
{
    /// <summary>Default <see cref="LogLevelConfig.Info"/>.</summary>
    public required LogLevelConfig Level { get; init; }

    /// <summary>Default <see cref="LogFormat.Text"/>.</summary>
    public required LogFormat Format { get; init; }
}
