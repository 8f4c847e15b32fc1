using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace ClusterLb.ControlPlane.Probing;

public sealed record GrpcProbeOptions() : ProbeOptions(GrpcProbe.Name, TellsFrozen: true)
{
    /// <summary>Asked for; empty = the server as a whole, the default.</summary>
    public required string GrpcService { get; init; }
}

/// <summary>Passes when <c>grpc.health.v1.Health/Check</c> says SERVING, over HTTP/2 without TLS.</summary>
internal sealed class GrpcProbe : IProbe
{
    public const string Name = "grpc";

    public string Type => Name;

    public ProbeOptions Read(IConfigurationBlock health)
    {
        var options = new GrpcProbeOptions { GrpcService = health.Text("grpc-service") };
        if (!HttpText.IsVisible(options.GrpcService))
        {
            health.Report(
                "grpc-service", $"is \"{options.GrpcService}\"; it must be a service such as shop.Cart, or empty for the whole server");
        }

        return options;
    }

    public async Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(config.Timeout, ports.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null };
            handler.ConnectCallback = (_, stopping) => ConnectAsync(target, stopping);
            using var channel = GrpcChannel.ForAddress($"http://{target.Authority}", new GrpcChannelOptions { HttpHandler = handler });
            var request = new HealthCheckRequest { Service = ((GrpcProbeOptions)config.Probe!).GrpcService };
            var answer = await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(request, cancellationToken: either.Token)
                .ConfigureAwait(false);
            return new CheckResult(answer.Status == HealthCheckResponse.Types.ServingStatus.Serving, $"grpc {answer.Status}");
        }
        catch (RpcException failure) when (failure.Status.DebugException is null && !timeout.IsCancellationRequested)
        {
            // The server answered, with an error of its own: an unknown service, no health service at all.
            return new CheckResult(false, $"grpc status {failure.StatusCode}");
        }
        catch (Exception failure)
        {
            return timeout.IsCancellationRequested
                ? ProbeFailures.TimedOut(config)
                : ProbeFailures.Of((failure as RpcException)?.Status.DebugException ?? failure);
        }
    }

    /// <summary>To where the backend's traffic goes, whatever its name stands for by now.</summary>
    private static async ValueTask<Stream> ConnectAsync(ProbeTarget target, CancellationToken stopping)
    {
        var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.EndPoint, stopping).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
