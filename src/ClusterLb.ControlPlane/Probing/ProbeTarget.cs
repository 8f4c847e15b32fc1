using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>Whom a check asks.</summary>
/// <param name="EndPoint">Where, with the checks' own port when the pool has one.</param>
/// <param name="Host">What it is called by: its name as an operator wrote it, else its IP address, in brackets when it is IPv6.</param>
public readonly record struct ProbeTarget(IPEndPoint EndPoint, string Host)
{
    /// <summary>Host and port as in a URL of <c>http</c>; without the port when it is 80 (RFC 9110 section 4.2.1).</summary>
    public string Authority =>
        EndPoint.Port == 80 ? Host : string.Create(CultureInfo.InvariantCulture, $"{Host}:{EndPoint.Port}");

    /// <param name="endPoint">Which of the backend's addresses.</param>
    public static ProbeTarget Of(Backend backend, IPEndPoint endPoint, HealthConfig config) => new(
        config.Port == 0 ? endPoint : new IPEndPoint(endPoint.Address, config.Port), HostOf(backend));

    private static string HostOf(Backend backend)
    {
        var host = backend.Address[..Math.Max(backend.Address.LastIndexOf(':'), 0)];
        return host.Length > 0 && !IPAddress.TryParse(host, out _) ? host : TextOf(backend.EndPoint.Address);
    }

    /// <summary>Without a zone, which means something on this machine only (RFC 6874 section 1).</summary>
    private static string TextOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{new IPAddress(address.GetAddressBytes())}]" : address.ToString();
}
