using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Whether the name server can answer anything, and whether who follows an answer finds somebody there.</summary>
internal static class DnsZones
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var dns = of.Config.Dns;
        if (dns.Zone.Length == 0) return WithoutZone(of);
        return dns.AddressesForClients().Count == 0 ? WithoutAddress(of) : Unserved(of).Concat(Idle(of));
    }

    private static IEnumerable<ConfigurationProblem> WithoutZone(Examined of)
    {
        const string Right = "it must be the name that stands for all nodes, such as lb.example.com";
        if (of.Config.Dns.Bind is not null) yield return of.Warn("dns.zone", $"is empty, so dns.bind refuses every query; {Right}");
        else if (of.Config.Dns.Advertise.Count > 0) yield return of.Warn("dns.zone", $"is empty, so dns.advertise does nothing; {Right}");
    }

    private static IEnumerable<ConfigurationProblem> WithoutAddress(Examined of)
    {
        var why = of.Config.Dns.Bind is { } bind
            ? $"dns.bind is {bind.Address}, which is no address to connect to"
            : "there is no dns.bind";
        yield return of.Warn("dns.advertise", $"is empty, and {why}, so no answer ever has this node; "
            + "it must be the addresses at which clients find it");
    }

    private static IEnumerable<ConfigurationProblem> Unserved(Examined of) => of.Config.Dns.AddressesForClients()
        .Where(address => !of.Config.Listeners.Any(listener => Serves(of.Config, listener.Bind, address)))
        .Select(address => of.Warn("dns.advertise",
            $"sends clients to {address}, where no listener of this node can be reached; one must be bound there, or to all addresses"));

    private static IEnumerable<ConfigurationProblem> Idle(Examined of)
    {
        if (of.Config.Dns.SecondaryTransfer.Count > 0 && of.Config.Dns.Bind is null)
        {
            yield return of.Warn("dns.secondary-transfer",
                "does nothing on this node, which has no dns.bind; it must have one for others to fetch the zone from it");
        }
    }

    /// <summary>An address that is not this machine's may be translated to one that is.</summary>
    private static bool Serves(ClusterLbConfig config, IPEndPoint bind, IPAddress address)
    {
        var isFamily = bind.AddressFamily == address.AddressFamily;
        if (bind.Address.Equals(IPAddress.Any)) return isFamily;
        if (bind.Address.Equals(IPAddress.IPv6Any))
            return isFamily || (address.AddressFamily == AddressFamily.InterNetwork && BoundPorts.AlsoTakesIPv4(config, bind));
        return bind.Address.Equals(address)
            || (isFamily && !IPAddress.IsLoopback(bind.Address) && !IPAddress.IsLoopback(address));
    }
}
