using System.Net.Sockets;
using System.Text;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>What systemd hears of a node with <c>Type=notify</c>.</summary>
public sealed class SupervisorTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_started_the_node_hears_when_it_serves_and_when_it_stops(bool isAbstract)
    {
        var name = Path.Combine(Path.GetTempPath(), $"clusterlb-{Guid.NewGuid():N}");
        using var supervisor = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        supervisor.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.RunWith(
            $"NOTIFY_SOCKET={(isAbstract ? "@" : "")}{name}", NodeProcess.Settings(port, admin, backend.EndPoint));

        Assert.Equal("READY=1", await NextAsync(supervisor));
        using var http = new HttpClient();
        Assert.True((await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"))).IsSuccessStatusCode);
        node.Terminate();
        Assert.StartsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=", await NextAsync(supervisor), StringComparison.Ordinal);
        Assert.Equal(0, await node.ExitCodeAsync());
        File.Delete(name);
    }

    [Fact]
    public async Task A_node_of_which_nobody_wants_to_know_serves_all_the_same()
    {
        await using var backend = RawBackend.Start();
        using var node = NodeProcess.RunWith(
            "NOTIFY_SOCKET=/nowhere/at/all", NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), backend.EndPoint));

        await Eventually.Is(() => node.Errors.Contains("node lb", StringComparison.Ordinal)
            || node.Errors.Contains(" serves with ", StringComparison.Ordinal));
        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());
    }

    private static async Task<string> NextAsync(Socket supervisor)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var received = new byte[256];
        return Encoding.ASCII.GetString(received, 0, await supervisor.ReceiveAsync(received, SocketFlags.None, patience.Token));
    }
}
