using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Serving;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>A real node whose zone and name server come, change and go while it serves.</summary>
public sealed class DnsReloadTests
{
    private const string Zone = "lb.example.org";

    private readonly IPEndPoint _first = new(IPAddress.Loopback, FreePorts.Next());
    private readonly IPEndPoint _second = new(IPAddress.Loopback, FreePorts.Next());

    [Fact]
    public async Task It_begins_to_answer_moves_and_ends_without_a_restart()
    {
        await using var backend = RawBackend.Start();
        using var node = await ReloadedNode.StartAsync(node => node.Simple(backend.EndPoint));
        string With(string dns) => $"{node.Simple(backend.EndPoint)}\ndns {{ {dns} }}";
        Assert.DoesNotContain("clusterlb_dns_", await node.MetricsAsync(), StringComparison.Ordinal);

        await node.ReloadAsync(With($"bind = \"{_first}\", zone = {Zone}, advertise = [192.0.2.1]"));
        Assert.Equal(["192.0.2.1"], await AddressesAsync(_first));
        await MeasuredAsync(node, metrics => metrics.Contains("clusterlb_dns_addresses{family=\"ipv4\"} 1\n", StringComparison.Ordinal));

        await node.ReloadAsync(With($"bind = \"{_first}\", zone = {Zone}, advertise = [192.0.2.2], rate-limit = 5"));
        await Eventually.Is(async () => (await AddressesAsync(_first)).SequenceEqual(["192.0.2.2"]));

        await node.ReloadAsync(With($"bind = \"{_second}\", zone = {Zone}, advertise = [192.0.2.2], rate-limit = 0"));
        Assert.Equal(["192.0.2.2"], await AddressesAsync(_second));
        // Both sockets of the old port are free.
        using (var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)) tcp.Bind(_first);
        using (var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)) udp.Bind(_first);

        await node.ReloadAsync(node.Simple(backend.EndPoint));
        await MeasuredAsync(node, metrics => !metrics.Contains("clusterlb_dns_", StringComparison.Ordinal));
        Assert.Equal("ok", await node.AskAsync());
    }

    [Fact]
    public async Task A_port_that_cannot_be_bound_leaves_it_where_it_is()
    {
        await using var backend = RawBackend.Start();
        using var taken = new TcpListener(_second);
        taken.Start();
        string With(ReloadedNode node, string bind) =>
            $"{node.Simple(backend.EndPoint)}\ndns {{ bind = \"{bind}\", zone = {Zone}, advertise = [192.0.2.1] }}";
        using var node = await ReloadedNode.StartAsync(node => With(node, _first.ToString()));

        node.Write(With(node, _second.ToString()));
        var (exit, _, errors) = await node.CommandAsync("reload");
        node.Write(With(node, string.Create(CultureInfo.InvariantCulture, $"0.0.0.0:{_first.Port}")));
        var wider = await node.CommandAsync("reload");

        Assert.Equal((1, 1), (exit, wider.Exit));
        Assert.Contains($"dns.bind: dns cannot bind {_second} (TCP): the address is in use by another process", errors,
            StringComparison.Ordinal);
        Assert.Contains($"while it answers at {_first}: give it another port, or restart the node", wider.Errors, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.1"], await AddressesAsync(_first));
    }

    /// <summary>Metrics may be a second old.</summary>
    private static Task MeasuredAsync(ReloadedNode node, Func<string, bool> condition) =>
        Eventually.Is(async () => condition(await node.MetricsAsync()));

    private static async Task<IReadOnlyList<string>> AddressesAsync(IPEndPoint server) =>
        (await NameClient.AskAsync(server, Zone, RecordType.A)) is { Code: 0 } answer ? [.. answer.Data] : [];
}
