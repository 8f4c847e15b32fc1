using System.Net;
using System.Net.Http.Headers;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>One port in both families, and one port wanted twice: real processes.</summary>
public sealed class PortTests
{
    private const string Token = "0123456789abcdef";

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task A_port_may_be_bound_in_each_family_by_whatever_binds_ports(string transport)
    {
        await using var four = RawBackend.Start("four");
        await using var six = RawBackend.Start("six");
        var (port, admin, health, cluster) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        string[] settings =
        [
            .. NodeProcess.Settings(port, admin, four.EndPoint), "--set", $"node.transport={transport}",
            "--set", $"listeners.web.bind=0.0.0.0:{port}", "--set", $"listeners.web6.bind=[::]:{port}", "--set", "listeners.web6.pool=six",
            "--set", $"node.admin.bind=[::]:{admin}", "--set", $"node.admin.token={Token}",
            "--set", $"listeners.admin4.bind=127.0.0.1:{admin}", "--set", "listeners.admin4.pool=app",
            "--set", $"node.health-bind=0.0.0.0:{health}", "--set", $"listeners.health6.bind=[::]:{health}",
            "--set", "listeners.health6.protocol=tcp", "--set", "listeners.health6.pool=six",
            "--set", $"node.cluster-port={cluster}", "--set", $"cluster.seeds=[\"127.0.0.1:{cluster}\"]",
            "--set", $"listeners.cluster6.bind=[::]:{cluster}", "--set", "listeners.cluster6.protocol=tcp",
            "--set", "listeners.cluster6.pool=six", "--set", $"pools.six.backends.s0.address={six.EndPoint}",
            "--set", "pools.six.health.type=tcp",
        ];
        using var check = NodeProcess.Start(["check", .. settings]);
        Assert.Equal(0, await check.ExitCodeAsync());

        using var node = NodeProcess.Run(settings);
        using var http = new HttpClient();
        await ServesAsync(http, $"http://127.0.0.1:{health}/readyz", node);

        Assert.Equal("four", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")));
        Assert.Equal("six", await http.GetStringAsync(new Uri($"http://[::1]:{port}/")));
        Assert.Equal("four", await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/")));
        Assert.Equal("alive\n", await http.GetStringAsync(new Uri($"http://[::1]:{admin}/livez")));
        Assert.Equal("six", await http.GetStringAsync(new Uri($"http://[::1]:{health}/")));
        Assert.Equal("six", await http.GetStringAsync(new Uri($"http://[::1]:{cluster}/")));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Contains("\"state\":\"ready\"", await http.GetStringAsync(new Uri($"http://[::1]:{admin}/api/v1/status")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task All_addresses_of_IPv6_alone_are_those_of_IPv4_too(string transport)
    {
        await using var backend = RawBackend.Start("hello");
        var (port, admin, health) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, backend.EndPoint),
            "--set", $"listeners.web.bind=[::]:{port}", "--set", $"node.admin.bind=[::]:{admin}", "--set", $"node.admin.token={Token}",
            "--set", $"node.health-bind=[::]:{health}", "--set", $"node.transport={transport}"]);
        using var http = new HttpClient();
        await ServesAsync(http, $"http://127.0.0.1:{health}/readyz", node);

        foreach (var host in new[] { "127.0.0.1", "[::1]" })
        {
            Assert.Equal("hello", await http.GetStringAsync(new Uri($"http://{host}:{port}/")));
            Assert.Equal("alive\n", await http.GetStringAsync(new Uri($"http://{host}:{admin}/livez")));
            Assert.Equal("ready\n", await http.GetStringAsync(new Uri($"http://{host}:{health}/readyz")));
        }
    }

    [Fact]
    public async Task Of_two_nodes_that_start_at_once_with_one_cluster_port_one_says_so_and_ends()
    {
        await using var backend = RawBackend.Start("hello");
        var cluster = FreePorts.Next();
        using var one = Start();
        using var other = Start();

        await Eventually.Is(() => HasRefused(one) || HasRefused(other));
        var (late, first) = HasRefused(one) ? (one, other) : (other, one);
        Assert.Equal(1, await late.ExitCodeAsync());
        Assert.Equal($"cluster port cannot bind 127.0.0.1:{cluster}: the address is in use by another process", late.Errors.Trim());
        await Eventually.Is(() => first.Errors.Contains("serves", StringComparison.Ordinal));
        Assert.False(HasRefused(first), first.Errors);

        NodeProcess Start() => NodeProcess.Run([.. NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), backend.EndPoint),
            "--set", $"cluster.seeds=[\"127.0.0.1:{cluster}\"]", "--set", $"node.cluster-port={cluster}"]);

        static bool HasRefused(NodeProcess node) => node.Errors.Contains("cannot bind", StringComparison.Ordinal);
    }

    private static async Task ServesAsync(HttpClient http, string url, NodeProcess node)
    {
        await Eventually.Is(async () =>
        {
            Assert.DoesNotContain("cannot bind", node.Errors, StringComparison.Ordinal);
            try
            {
                return (await http.GetAsync(new Uri(url))).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }
}
