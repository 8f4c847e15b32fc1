using System.Globalization;
using ClusterLb.Core.Backends;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Every kind of probe there is, behind one timeout and one reading of failures. A new kind is a file, a line here, and its tests.</summary>
internal sealed class Probes(TimeProvider time) : IProber
{
    private static readonly Dictionary<ProbeType, IProbe> s_byType = new()
    {
        [ProbeType.Http] = new HttpProbe(),
        [ProbeType.Tcp] = new TcpProbe(),
        [ProbeType.Grpc] = new GrpcProbe(),
    };

    /// <summary>Asks once, within the timeout that the pool's checks have.</summary>
    public async Task<CheckResult> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(config.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            return await s_byType[config.Type].ProbeAsync(backend.EndPoint, config, either.Token);
        }
        catch (Exception failure)
        {
            return new CheckResult(false, timeout.IsCancellationRequested ? TimedOut(config) : Describe(failure));
        }
    }

    private static string TimedOut(HealthConfig config) => string.Create(CultureInfo.InvariantCulture, $"timed out after {config.Timeout.TotalSeconds:0.###}s");

    /// <summary>The innermost cause in an operator's words.</summary>
    private static string Describe(Exception failure) => failure.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connect refused",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "connection reset",
        SocketException socket => socket.SocketErrorCode.ToString(),
        OperationCanceledException => "cancelled",
        HttpRequestException http => $"not HTTP: {http.HttpRequestError}",
        var other => other.Message.ReplaceLineEndings(" "),
    };
}
