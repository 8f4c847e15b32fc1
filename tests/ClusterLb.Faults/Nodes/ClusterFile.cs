using System.Globalization;
using System.Net;

namespace ClusterLb.Faults.Nodes;

/// <summary>The configuration file of a node. Pure.</summary>
/// <param name="Nodes">All of the cluster.</param>
/// <param name="Backends">By name: where they serve HTTP, and where lines.</param>
/// <param name="Redis">The store.</param>
/// <param name="NameServer">Asked for the names of the pool <c>named</c>.</param>
/// <param name="Secrets">The folder with certificates and keys of the cluster.</param>
internal sealed record ClusterFile(
    IReadOnlyList<NodePlan> Nodes, IReadOnlyList<(string Name, IPEndPoint Web, IPEndPoint Lines)> Backends, IPEndPoint Redis,
    IPEndPoint NameServer, string Secrets)
{
    /// <summary>A token that keeps nobody out: it is for a port of another address than loopback.</summary>
    public const string Token = "faults-have-no-secrets";

    /// <summary>A reload has something to follow: another turn, other weights, timeouts and a listener more or less.</summary>
    public int Turn { get; init; }

    public static string NameOf(string backend) => $"{backend}.faults.test";

    public string TextOf(NodePlan node) => string.Create(CultureInfo.InvariantCulture, $$"""
        clusterlb {
          node {
            name = {{node.Name}}, host = "{{node.Address}}", cluster-port = {{node.ClusterPort}}, event-loops = 1
            admin { bind = "{{node.Address}}:{{node.AdminPort}}", token = {{Token}} }
            drain-delay = 1s, drain-timeout = 3s
          }
          cluster {
            seeds = [{{string.Join(", ", Nodes.Select(one => $"\"{one.Address}:{one.ClusterPort}\""))}}]
            name-servers = ["{{NameServer}}"]
            tls { certificate = "{{Secrets}}/{{node.Name}}.pem", key = "{{Secrets}}/{{node.Name}}.key", ca = "{{Secrets}}/ca.pem" }
          }
          store { type = redis, redis.endpoints = ["{{Redis}}"] }
          listeners {
            web {
              bind = "{{node.Address}}:{{node.WebPort}}", pool = app, max-connections = {{20_000 + (Turn % 7)}}
              routes = [{ path-prefix = "/sessions/", pool = sessions }, { path-prefix = "/named/", pool = named }]
            }
            lines { bind = "{{node.Address}}:{{node.LinesPort}}", protocol = tcp, pool = lines }
          }
          pools {
            app { {{Health("http")}}, backends { {{Blocks(one => one.Web.ToString(), weight: 1 + (Turn % 3))}} } }
            sessions { {{Health("http")}}, sticky { by = header, name = X-User }, backends { {{Blocks(one => one.Web.ToString())}} } }
            named { {{Health("http")}}, backends { {{Blocks(one => $"{NameOf(one.Name)}:{one.Web.Port}")}} } }
            lines { {{Health("tcp")}}, backends { {{Blocks(one => one.Lines.ToString())}} } }
          }
        }
        """);

    /// <summary>Quicker than the defaults, so that a short run sees a backend go and come back.</summary>
    private string Health(string type) => string.Create(CultureInfo.InvariantCulture,
        $"health {{ type = {type}, path = \"/\", interval = 500ms, timeout = 500ms }}, passive.eject = 1s, "
            + $"timeouts.response = {3 + (Turn % 2)}s");

    private string Blocks(Func<(string Name, IPEndPoint Web, IPEndPoint Lines), string> address, int weight = 1) =>
        string.Join(", ", Backends.Select((backend, i) => string.Create(CultureInfo.InvariantCulture,
            $"{backend.Name} {{ address = \"{address(backend)}\", weight = {(i == 0 ? weight : 1)} }}")));
}
