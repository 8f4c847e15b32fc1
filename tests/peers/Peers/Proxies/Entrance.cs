namespace Peers.Proxies;

/// <summary>What a proxy is asked to do; each is a port of its own, the peer's first port plus this number.</summary>
internal enum Entrance
{
    /// <summary>HTTP to the nginx backends, round robin.</summary>
    Http,

    /// <summary>HTTP to the backends that read bodies.</summary>
    Upload,

    /// <summary>Bytes to the nginx backends, round robin.</summary>
    Tcp,

    /// <summary>Bytes to the backends that read bodies.</summary>
    TcpUpload,

    /// <summary>HTTP to two fast backends and one 10 times slower, by each policy.</summary>
    SlowRoundRobin,
    SlowLeastConnections,
    SlowP2c,
    SlowLeastTime,

    /// <summary>HTTP to the nginx backends; clients stay where they are by the proxy's own cookie.</summary>
    Cookie,
}

/// <summary>The addresses behind each entrance.</summary>
internal static class BackendPorts
{
    public static readonly int[] Files = [18001, 18002, 18003];
    public static readonly int[] Sinks = [18011, 18012, 18013];
    public static readonly int[] Slow = [18021, 18022, 18023];

    public static int[] Of(Entrance entrance) => entrance switch
    {
        Entrance.Http or Entrance.Tcp or Entrance.Cookie => Files,
        Entrance.Upload or Entrance.TcpUpload => Sinks,
        _ => Slow,
    };
}
