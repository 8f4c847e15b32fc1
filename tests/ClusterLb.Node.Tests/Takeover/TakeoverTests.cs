using System.Net;
using System.Net.Sockets;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Node.Tests.Reload;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>A process that takes the place of another one, both real, while clients ask.</summary>
public sealed class TakeoverTests
{
    private static readonly int s_times = Longer.NumberOf("CLUSTERLB_TAKEOVERS", 3);

    [Theory]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task Takeovers_in_a_row_refuse_reset_and_fail_nothing(string transport)
    {
        var setting = $"node.transport={transport}";
        await using var node = await TakenNode.StartAsync("--set", setting);
        await using var load = SteadyLoad.On(node, each: 4);
        for (var turn = 1; turn <= s_times; turn++)
        {
            var before = node.Process;
            // The number of loops, and so of sockets, is another one each time.
            var after = node.Follow("--set", setting, "--set", $"node.event-loops={1 + (turn % 3)}");
            await TakenNode.FollowedAsync(before, after);
            var servedBefore = load.Served;
            await Eventually.Is(() => load.Served > servedBefore + 50);
        }

        await load.StopAsync();

        Assert.Empty(load.Failures);
        Assert.True(load.Served > 100 * s_times, $"{load.Served} requests");
        Assert.True(load.Lasts >= s_times, $"{load.Lasts} connections were told to end");
    }

    [Fact]
    public async Task What_operators_asked_for_holds_listeners_that_are_configured_no_more_close_and_new_ones_open()
    {
        var second = $"pools.app.backends.b2.address=127.0.0.1:{FreePorts.Next()}";
        await using var node = await TakenNode.StartAsync("--set", second);
        await node.PostAsync("pools/app/backends/b2/state", """{"state":"maintenance"}""");
        await node.PostAsync("pools/app/backends/b1/weight", """{"weight":7}""");
        var (before, other) = (node.Process, FreePorts.Next());

        await TakenNode.FollowedAsync(before, node.Follow("--set", second, "--set", $"listeners.raw.bind=127.0.0.1:{other}"));

        var backends = (await node.StatusAsync()).GetProperty("pools")[0].GetProperty("backends").EnumerateArray().ToList();
        Assert.Equal("maintenance", backends.Single(one => one.GetProperty("name").GetString() == "b2").GetProperty("state").GetString());
        Assert.Equal(7, backends.Single(one => one.GetProperty("name").GetString() == "b1").GetProperty("operator_weight").GetInt32());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, other);
        using var gone = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(() => gone.ConnectAsync(IPAddress.Loopback, node.Tcp));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());
    }

    [Fact]
    public async Task A_socket_that_a_killed_node_has_left_is_in_nobodys_way()
    {
        await using var node = await TakenNode.StartAsync();
        node.Process.Signal(NodeProcess.SIGKILL);
        await node.Process.ExitCodeAsync();

        var late = node.Follow();
        Assert.Equal(1, await late.ExitCodeAsync());
        Assert.Contains($"no node answers at {node.Socket}", late.Errors, StringComparison.Ordinal);
        node.Add(NodeProcess.Run(node.Settings));
        await Eventually.Is(async () => await TryAskAsync(node));
        await TakenNode.FollowedAsync(node.Process, node.Follow());
    }

    private static async Task<bool> TryAskAsync(TakenNode node)
    {
        try
        {
            return await node.AskAsync() == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
