namespace Peers.Proxies;

/// <summary>The small YARP application beside this project; <paramref name="mode"/> is pipeline or forwarder.</summary>
internal sealed class YarpPeer(string name, int firstPort, string mode, string executable) : Peer(name, firstPort)
{
    public override string VersionCommand => $"{executable} version";

    public override IReadOnlyList<Entrance> Entrances => HttpOnly;

    public override string Prepare(string folder)
    {
        var entrances = Entrances.Select(entrance =>
            $"{Port(entrance)}={string.Join(',', BackendPorts.Of(entrance).Select(port => $"127.0.0.1:{port}"))}");
        return $"{executable} {mode} {string.Join(' ', entrances)}";
    }
}
