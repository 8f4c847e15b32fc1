using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Tests.Probing;

/// <summary>Every kind of probe against real sockets that answer, refuse, keep silent or talk nonsense.</summary>
public sealed class ProbesTests : IAsyncLifetime
{
    private readonly TestDataPlane _dataPlane = TestDataPlane.Start(Configs.Listener, Configs.Pool);

    private static readonly HealthConfig s_http = Configs.Pool.Health with { Probe = TestProbes.Http, Timeout = TimeSpan.FromSeconds(5) };

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, "status 200")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", false, "status 500")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", false, "status 302")]
    [InlineData("HTTP/1.0 200\n\n", true, "status 200")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", false, "status 204")]
    [InlineData("nonsense\r\n\r\n", false, "not HTTP")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", false, "not HTTP")]
    [InlineData("HTTP/1.1 200 O", false, "closed without an answer")]
    [InlineData("", false, "closed without an answer")]
    public async Task An_http_probe_goes_by_the_status_alone(string answer, bool passes, string reason)
    {
        await using var backend = RawBackend.Start(_ => new Reply(answer, Close: true));

        var result = await ProbeAsync(backend.EndPoint, s_http);

        Assert.Equal(passes, result!.Value.Passed);
        Assert.StartsWith(reason, result.Value.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_http_probe_asks_for_its_path_on_a_connection_of_its_own()
    {
        await using var backend = RawBackend.Start();
        await ProbeAsync(backend.EndPoint, s_http with { Probe = TestProbes.Http with { Path = "/up?x", Host = "shop.example.com" } });
        await ProbeAsync(backend.EndPoint, s_http);

        Assert.Equal("GET /up?x HTTP/1.1", backend.Requests.First().Line);
        Assert.Equal("shop.example.com", backend.Requests.First().Value("Host"));
        Assert.Equal(2, backend.Connections);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    [InlineData("grpc")]
    [InlineData("postgresql")]
    [InlineData("mysql")]
    [InlineData("redis")]
    public async Task Nobody_there_is_connect_refused(string type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var result = await ProbeAsync((IPEndPoint)socket.LocalEndPoint!, s_http with { Probe = TestProbes.Of(type) });

        Assert.Equal(new CheckResult(false, "connect refused"), result);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("grpc")]
    [InlineData("postgresql")]
    [InlineData("mysql")]
    [InlineData("redis")]
    public async Task A_backend_that_accepts_and_keeps_silent_times_out(string type)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var result = await ProbeAsync((IPEndPoint)listener.LocalEndpoint,
            s_http with { Probe = TestProbes.Of(type), Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(new CheckResult(false, "timed out after 0.1s"), result);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("grpc")]
    [InlineData("postgresql")]
    [InlineData("mysql")]
    [InlineData("redis")]
    public async Task Whatever_a_backend_says_costs_one_short_reason(string type)
    {
        byte[][] pieces = [[0], [0xff], "x"u8.ToArray(), "\u001b[2J\r\n"u8.ToArray(), "*1\r\n"u8.ToArray(), "$8000\r\n"u8.ToArray()];
        foreach (var piece in pieces)
        {
            var many = Enumerable.Repeat(piece, 100_000 / piece.Length).SelectMany(bytes => bytes).ToArray();
            await using var once = ScriptedServer.Once(piece);
            await using var flood = ScriptedServer.Flood(many);
            foreach (var server in (ScriptedServer[])[once, flood])
            {
                var config = s_http with { Probe = TestProbes.Of(type), Timeout = TimeSpan.FromSeconds(1) };
                var result = await ProbeAsync(server.EndPoint, config).WaitAsync(TimeSpan.FromSeconds(30));

                Assert.False(result!.Value.Passed);
                Assert.InRange(result.Value.Reason.Length, 5, 700);
                Assert.DoesNotContain(result.Value.Reason, char.IsControl);
            }
        }
    }

    [Fact]
    public async Task An_answer_without_an_end_is_told_so()
    {
        await using var flood = ScriptedServer.Flood(new byte[100_000]);

        Assert.Equal(new CheckResult(false, "an answer that goes on and on"), await ProbeAsync(flood.EndPoint, s_http));
    }

    [Fact]
    public async Task A_backend_given_by_name_is_asked_by_that_name_at_the_port_of_its_checks()
    {
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { Close = true });
        var named = new Backend("app", "b1", new IPEndPoint(IPAddress.Loopback, 9), 0, 1, 0) { Address = "app.example.com:9" };

        var result = await ProbeAsync(named, s_http with { Port = backend.EndPoint.Port });

        Assert.Equal(new CheckResult(true, "status 200"), result);
        Assert.Equal($"app.example.com:{backend.EndPoint.Port}", backend.Requests.Single().Value("Host"));
    }

    [Fact]
    public async Task A_tcp_probe_passes_on_connect()
    {
        await using var backend = RawBackend.Start();

        Assert.True((await ProbeAsync(backend.EndPoint, s_http with { Probe = Configs.TcpProbe }))!.Value.Passed);
    }

    [Fact]
    public async Task A_grpc_probe_passes_when_the_service_serves()
    {
        var isWell = true;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcHealthChecks().AddCheck("test", () => isWell ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        await using var app = builder.Build();
        var asked = "";
        app.Use((context, next) =>
        {
            asked = context.Request.Host.Value;
            return next(context);
        });
        app.MapGrpcHealthChecksService();
        await app.StartAsync();
        var endPoint = IPEndPoint.Parse(new Uri(app.Urls.First()).Authority);
        var grpc = s_http with { Probe = TestProbes.Grpc };

        Assert.Equal(new CheckResult(true, "grpc Serving"), await ProbeAsync(endPoint, grpc));
        Assert.Equal(new CheckResult(false, "grpc status NotFound"),
            await ProbeAsync(endPoint, grpc with { Probe = TestProbes.Grpc with { GrpcService = "nobody" } }));
        Assert.Equal(endPoint.ToString(), asked);
        var named = new Backend("app", "b1", endPoint, 0, 1, 0) { Address = "my_app:50051" };
        Assert.Equal(new CheckResult(true, "grpc Serving"), await ProbeAsync(named, grpc));
        Assert.Equal($"my_app:{endPoint.Port}", asked);
        isWell = false;
        Assert.Equal(new CheckResult(false, "grpc NotServing"), await ProbeAsync(endPoint, grpc));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _dataPlane.DisposeAsync();

    private Task<CheckResult?> ProbeAsync(IPEndPoint endPoint, HealthConfig config) =>
        ProbeAsync(new Backend("app", "b1", endPoint, 0, 1, 0), config);

    private Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config) =>
        new ConfiguredCheck(ProbeRegistry.Default, new ProbePorts(_dataPlane.Probes, TimeProvider.System))
            .ProbeAsync(backend, config, CancellationToken.None);
}
