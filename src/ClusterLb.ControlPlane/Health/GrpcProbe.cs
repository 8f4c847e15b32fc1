using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Passes when <c>grpc.health.v1.Health/Check</c> says SERVING, over HTTP/2 without TLS.</summary>
internal sealed class GrpcProbe : IProbe
{
    public async Task<CheckResult> ProbeAsync(IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null };
        using var channel = GrpcChannel.ForAddress($"http://{endPoint}", new GrpcChannelOptions { HttpHandler = handler });
        try
        {
            var answer = await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = config.GrpcService }, cancellationToken: cancellation);
            return new CheckResult(answer.Status == HealthCheckResponse.Types.ServingStatus.Serving, $"grpc {answer.Status}");
        }
        catch (RpcException failure) when (failure.Status.DebugException is null)
        {
            // The server answered, with an error of its own: an unknown service, no health service at all.
            return new CheckResult(false, $"grpc status {failure.StatusCode}");
        }
        catch (RpcException failure)
        {
            throw failure.Status.DebugException!.GetBaseException();
        }
    }
}
