using System.Text;

namespace Peers.Proxies;

internal sealed class ClusterLbPeer(string executable) : Peer("clusterlb", 18600)
{
    private const int AdminPort = 18690, ClusterPort = 18691;

    public override string VersionCommand => $"{executable} --version";

    public override IReadOnlyList<Entrance> Entrances { get; } = Enum.GetValues<Entrance>();

    public override string Prepare(string folder)
    {
        var text = new StringBuilder($$"""
            clusterlb {
              node { cluster-port = {{ClusterPort}}, admin.bind = "127.0.0.1:{{AdminPort}}", drain-delay = 0s, drain-timeout = 1s }
              listeners {

            """);
        foreach (var entrance in Entrances)
        {
            var protocol = entrance is Entrance.Tcp or Entrance.TcpUpload ? "tcp" : "http";
            text.AppendLine($"    {entrance} {{ bind = \"127.0.0.1:{Port(entrance)}\", protocol = {protocol}, pool = {entrance} }}");
        }

        text.AppendLine("  }\n  pools {");
        foreach (var entrance in Entrances)
        {
            var backends = BackendPorts.Of(entrance).Select(port => $"b{port} {{ address = \"127.0.0.1:{port}\" }}");
            text.AppendLine($"    {entrance} {{ balance = {Balance(entrance)}, sticky.by = {(entrance == Entrance.Cookie ? "cookie" : "none")}, backends {{ {string.Join(", ", backends)} }} }}");
        }

        text.AppendLine("  }\n}");
        return $"{executable} run --config {Write(folder, "conf.hocon", text.ToString())} --set node.event-loops=1";
    }

    private static string Balance(Entrance entrance) => entrance switch
    {
        Entrance.SlowLeastConnections => "least-connections",
        Entrance.SlowP2c => "p2c",
        Entrance.SlowLeastTime => "least-time",
        Entrance.Cookie => "p2c",
        _ => "round-robin",
    };
}
