using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Addresses that are not those of one server.</summary>
internal static class BackendAddresses
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) =>
        from pool in of.Config.Pools
        from backend in pool.Backends
        where backend.Host.Length == 0
        let why = WhyNobody(backend.EndPoint.Address)
        where why is not null
        select of.Warn(ConfigurationKey.Of("pools", pool.Name, "backends", backend.Name, "address"), $"\"{backend.Address}\" {why}");

    private static string? WhyNobody(IPAddress address)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            return "is every address of this machine, for listening; it must be one, such as 127.0.0.1";
        var isMulticast = address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6Multicast
            : address.GetAddressBytes()[0] is >= 224 and < 240;
        return isMulticast || address.Equals(IPAddress.Broadcast)
            ? "is a group of machines, which nobody can connect to; it must be the address of one"
            : null;
    }
}
