using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Core.Configuration;

/// <summary>Where a node's cluster port is.</summary>
public static class ClusterAddress
{
    /// <summary>Where other nodes find it: without certificates others of this machine alone are spoken to.</summary>
    public static string HostOf(ClusterLbConfig config) =>
        config.Cluster.Tls.IsOn || IsLoopback(config.Node.Host) ? config.Node.Host : IPAddress.Loopback.ToString();

    /// <summary>Where it listens: at all addresses, of one family, unless only this machine is to reach it.</summary>
    public static IPEndPoint BindOf(ClusterLbConfig config)
    {
        var (host, port) = (HostOf(config), config.Node.ClusterPort);
        var isAddress = IPAddress.TryParse(host, out var address);
        if (IsLoopback(host)) return new IPEndPoint(isAddress ? address! : IPAddress.Loopback, port);
        return new IPEndPoint(isAddress && address!.AddressFamily == AddressFamily.InterNetworkV6
            ? IPAddress.IPv6Any
            : IPAddress.Any, port);
    }

    /// <summary>Whether a <c>node.host</c> is one that only this machine reaches.</summary>
    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
