using System.Text;

namespace Peers.Proxies;

internal sealed class HaproxyPeer() : Peer("haproxy", 18100)
{
    public override string VersionCommand => "haproxy -v";

    public override IReadOnlyList<Entrance> Entrances { get; } =
    [
        Entrance.Http, Entrance.Upload, Entrance.Tcp, Entrance.TcpUpload,
        Entrance.SlowRoundRobin, Entrance.SlowLeastConnections, Entrance.SlowP2c, Entrance.Cookie,
    ];

    public override string Prepare(string folder)
    {
        // no strict-limits: it wants two descriptors for each connection it may have; the idle ones need one.
        // http-reuse always: without it the first request of every client connection opens one to the backend too.
        var text = new StringBuilder("""
            global
              nbthread 1
              maxconn 11000
              no strict-limits
            defaults
              mode http
              timeout connect 1s
              timeout client 60s
              timeout server 60s
              option forwardfor
              http-reuse always
              option splice-auto

            """);
        foreach (var entrance in Entrances)
        {
            var tcp = entrance is Entrance.Tcp or Entrance.TcpUpload;
            text.AppendLine($"listen {entrance}");
            text.AppendLine($"  bind 127.0.0.1:{Port(entrance)}");
            text.AppendLine(tcp ? "  mode tcp\n  option splice-auto" : "  option httpchk GET /health/ready");
            text.AppendLine($"  balance {Balance(entrance)}");
            if (entrance == Entrance.Cookie) text.AppendLine("  cookie SERVERID insert indirect");
            foreach (var backend in BackendPorts.Of(entrance))
            {
                text.AppendLine($"  server b{backend} 127.0.0.1:{backend} check inter "
                    + $"5s{(entrance == Entrance.Cookie ? $" cookie b{backend}" : "")}");
            }
        }

        return $"haproxy -db -f {Write(folder, "cfg", text.ToString())}";
    }

    private static string Balance(Entrance entrance) => entrance switch
    {
        Entrance.SlowLeastConnections => "leastconn",
        Entrance.SlowP2c => "random(2)",
        _ => "roundrobin",
    };
}
