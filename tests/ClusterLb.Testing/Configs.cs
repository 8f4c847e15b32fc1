using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Testing;

/// <summary>Configurations with every default, to be varied with <c>with</c>.</summary>
public static class Configs
{
    public static NodeConfig Node { get; } = new()
    {
        Name = "test",
        Host = "127.0.0.1",
        ClusterPort = 4053,
        EventLoops = 1,
        Transport = TransportKind.Auto,
        HealthBind = null,
        Admin = new AdminConfig
        {
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Token = "",
            MaxConnections = 64,
            MaxConnectionsPerClient = 32
        },
        DrainDelay = TimeSpan.Zero,
        DrainTimeout = TimeSpan.FromSeconds(5),
        AccessLog = new AccessLogConfig { Format = AccessLogFormat.Off, Fields = [], Path = "-" },
        Log = new LogConfig { Level = LogLevelConfig.Info, Format = LogFormat.Text },
    };

    public static ClusterConfig Cluster { get; } = new()
    {
        Seeds = [],
        NameServers = [],
        Profile = ClusterProfile.Balanced,
        Tls = new ClusterTlsConfig { Certificate = "", Key = "", Ca = "" },
        SecretFile = "",
        MaxHandshakes = 256,
        MaxHandshakesPerAddress = 32,
    };

    public static ListenerConfig Listener { get; } = new()
    {
        Name = "web",
        Bind = new IPEndPoint(IPAddress.Loopback, 0),
        Protocol = ListenerProtocol.Http,
        Pool = "app",
        Routes = [],
        MaxConnections = 65_536,
        MaxConnectionsPerClient = 0,
        Path = PathForm.Normalise,
        MergeSlashes = false,
        Upgrades = [],
        TrustedProxies = [],
        Forwarded = false,
        Via = true,
        Timeouts = new ListenerTimeouts
        {
            RequestHead = TimeSpan.FromSeconds(10),
            BodyIdle = TimeSpan.FromSeconds(30),
            KeepAlive = TimeSpan.FromSeconds(60)
        },
        Limits = new HttpLimits { HeadBytes = 16 * 1024, HeaderCount = 100, TargetBytes = 8 * 1024, BodyBytes = 0, BodyRate = 240 },
    };

    public static RouteConfig Route { get; } = new()
    {
        Name = "routes[0]",
        Host = "",
        Path = "",
        PathPrefix = "",
        Methods = [],
        HeaderName = "",
        HeaderValue = "",
        CookieName = "",
        CookieValue = "",
        Pool = "app",
    };

    public static StickyConfig Sticky { get; } = new()
    {
        By = StickyBy.None,
        Name = "SERVERID",
        Ttl = TimeSpan.FromHours(1),
        Cookie = new StickyCookieConfig
        {
            Domain = "",
            Path = "/",
            Secure = CookieSecure.Auto,
            SameSite = CookieSameSite.Lax,
            HttpOnly = true,
            MaxAge = TimeSpan.Zero,
            Strip = true,
            OnCacheable = CookieOnCacheable.Skip,
        },
    };

    public static RedisConfig Redis { get; } = new()
    {
        Endpoints = ["127.0.0.1:6379"],
        ServiceName = "",
        User = "",
        Password = "",
        Tls = false,
        Ca = "",
        Database = 0,
        Prefix = "clusterlb",
    };

    public static SessionsConfig Sessions { get; } = new()
    {
        Keys = [],
        Capacity = 2_000_000,
        NewPerClient = 1_000,
        LookupTimeout = TimeSpan.FromMilliseconds(5),
        LearnTimeout = TimeSpan.FromMilliseconds(100),
        MoveTimeout = TimeSpan.FromMilliseconds(500),
    };

    public static ProbeOptions TcpProbe { get; } = new("tcp", TellsFrozen: false);

    /// <summary>For pools whose checks nobody runs: it says nothing of what to ask for.</summary>
    public static ProbeOptions HttpProbe { get; } = new("http", TellsFrozen: true);

    public static PoolConfig Pool { get; } = new()
    {
        Name = "app",
        Balance = "round-robin",
        Hash = new HashConfig
        {
            Key = HashKeyKind.SourceIp,
            KeyName = "",
            Algorithm = HashAlgorithm.Maglev,
            VirtualNodes = 150,
            LoadBound = 0
        },
        Backends = [],
        Health = new HealthConfig
        {
            Probe = null,
            Port = 0,
            Interval = TimeSpan.FromSeconds(5),
            FastInterval = TimeSpan.FromSeconds(1),
            Timeout = TimeSpan.FromSeconds(2),
            HealthyThreshold = 2,
            UnhealthyThreshold = 3,
            StartGrace = TimeSpan.Zero,
            StartSpread = TimeSpan.FromSeconds(1),
        },
        Passive = new PassiveConfig
        {
            Failures = 3,
            Window = TimeSpan.FromSeconds(10),
            Eject = TimeSpan.FromSeconds(10),
            MaxEject = TimeSpan.FromSeconds(300),
            MaxEjectedPercent = 50,
            Status = [],
        },
        MinimumHealthy = new MinimumHealthyConfig { Count = 1, Percent = 0 },
        DrainTimeout = TimeSpan.FromSeconds(30),
        SlowStart = TimeSpan.Zero,
        Sticky = Sticky,
        Retry = new RetryConfig { Attempts = 2, On = RetryOn.ConnectFailure | RetryOn.NoResponse, BudgetPercent = 20 },
        Timeouts = new PoolTimeouts
        {
            Connect = TimeSpan.FromSeconds(3),
            Response = TimeSpan.FromSeconds(30),
            Idle = TimeSpan.FromSeconds(60),
            Tunnel = TimeSpan.FromHours(1),
        },
        Queue = new QueueConfig { Length = 1_000, Timeout = TimeSpan.FromSeconds(5) },
    };

    /// <summary>None: nobody is answered.</summary>
    public static DnsConfig Dns { get; } = new()
    {
        Bind = null,
        Zone = "",
        Ttl = TimeSpan.FromSeconds(2),
        Advertise = [],
        NameServers = [],
        SecondaryTransfer = [],
        RateLimit = 1_000,
    };

    public static PoolConfig PoolOf(params IPEndPoint[] backends) =>
        Pool with { Backends = backends.Select((endPoint, i) => Backend($"b{i + 1}", endPoint)).ToEquatableList() };

    public static BackendConfig Backend(string name, IPEndPoint endPoint, int weight = 1, int maxInFlight = 0) =>
        new() { Name = name, Address = endPoint.ToString(), EndPoint = endPoint, Weight = weight, MaxInFlight = maxInFlight };

    /// <param name="discover">Where backends are found.</param>
    public static SourceConfig Source(string discover) => new()
    {
        Name = "cloud",
        Discover = discover,
        Location = discover,
        Weight = 1,
        MaxInFlight = 0,
        Refresh = TimeSpan.Zero,
        Max = 1_000,
    };

    public static ClusterLbConfig Of(ListenerConfig listener, params PoolConfig[] pools) => new()
    {
        Fingerprint = "test",
        Node = Node,
        Cluster = Cluster,
        Store = new StoreConfig { Type = StoreType.Embedded, Redis = Redis },
        Dns = Dns,
        Sticky = Sessions,
        Listeners = [listener],
        Pools = pools.ToEquatableList(),
    };
}
