using System.Text;

namespace Peers.Proxies;

/// <summary>This build, or one of before, on ports of its own.</summary>
internal sealed class ClusterLbPeer(string name, int firstPort, string executable) : Peer(name, firstPort)
{
    private readonly int _adminPort = firstPort + 90;

    public override string VersionCommand => $"{executable} --version";

    public override IReadOnlyList<Entrance> Entrances { get; } = Enum.GetValues<Entrance>();

    public override string Prepare(string folder)
    {
        var text = new StringBuilder($$"""
            clusterlb {
              node { admin.bind = "127.0.0.1:{{_adminPort}}", drain-delay = 0s, drain-timeout = 1s }
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
            text.AppendLine($"    {entrance} "
                + $"{{ balance = {Balance(entrance)}, sticky.by = {(entrance == Entrance.Cookie ? "cookie" : "none")}, "
                + $"backends {{ {string.Join(", ", backends)} }} }}");
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
