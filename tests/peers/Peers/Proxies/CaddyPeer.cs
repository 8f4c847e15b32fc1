using System.Text;

namespace Peers.Proxies;

internal sealed class CaddyPeer() : Peer("caddy", 18300)
{
    public override string VersionCommand => "caddy version";

    /// <summary>It keeps its own copy of the configuration in a home folder, here the scratch folder it runs in.</summary>
    public override IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["GOMAXPROCS"] = "1", ["XDG_CONFIG_HOME"] = ".", ["XDG_DATA_HOME"] = "." };

    public override IReadOnlyList<Entrance> Entrances => HttpOnly;

    public override string Prepare(string folder)
    {
        var text = new StringBuilder("{\n  admin off\n  auto_https off\n}\n");
        foreach (var entrance in Entrances)
        {
            var backends = string.Join(' ', BackendPorts.Of(entrance).Select(port => $"127.0.0.1:{port}"));
            // Without the two limits caddy keeps 32 connections per backend and reconnects for the rest.
            text.AppendLine($$"""
                http://127.0.0.1:{{Port(entrance)}} {
                  bind 127.0.0.1
                  reverse_proxy {{backends}} {
                    lb_policy round_robin
                    health_uri /health/ready
                    health_interval 5s
                    transport http {
                      keepalive_idle_conns 4096
                      keepalive_idle_conns_per_host 2048
                    }
                  }
                }
                """);
        }

        return $"caddy run --adapter caddyfile --config {Write(folder, "Caddyfile", text.ToString())}";
    }
}
