using System.Net.Sockets;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests;

public sealed class DataPlaneHostTests
{
    private const int SocketOptionReuseAddress = 2;
    private const int SocketOptionReusePort = 15;

    private static readonly byte[] s_on = [1, 0, 0, 0];

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Clients_are_refused_until_it_is_opened(TransportKind transport)
    {
        await using var host = Start(transport);
        var endPoint = host.EndPoints.Values.Single();
        var refused = await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(endPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);

        await host.OpenAsync();

        using var client = await RawClient.ConnectAsync(endPoint);
    }

    [Fact]
    public async Task An_address_that_somebody_took_between_binding_and_opening_is_said()
    {
        await using var host = Start(TransportKind.Epoll);
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.SetRawSocketOption(1, SocketOptionReuseAddress, s_on);
        other.SetRawSocketOption(1, SocketOptionReusePort, s_on);
        other.Bind(host.EndPoints.Values.Single());
        other.Listen(1);

        var failure = await Assert.ThrowsAsync<ListenerBindException>(host.OpenAsync);

        Assert.Contains("web", failure.Message, StringComparison.Ordinal);
    }

    private static DataPlaneHost Start(TransportKind transport)
    {
        var config = Configs.Of(Configs.Listener, Configs.Pool);
        config = config with { Node = config.Node with { Transport = transport, EventLoops = 2 } };
        var host = new DataPlaneHost(config, new RoutingTableHolder(), new NoOutcomes(), FakeSessionDirectory.Unused(), null,
            TimeProvider.System, _ => { });
        host.Start();
        return host;
    }

    private sealed class NoOutcomes : IOutcomeSink
    {
        public void Report(Backend backend, in Outcome outcome)
        {
        }
    }
}
