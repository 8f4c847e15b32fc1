using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Passes when a connection can be made.</summary>
internal sealed class TcpProbe : IProbe
{
    public async Task<CheckResult> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, cancellation);
        return new CheckResult(true, "connected");
    }
}
