using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Node.Tests.Reload;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>A process that takes the place of another one, both real, while clients ask.</summary>
public sealed class TakeoverTests
{
    private static readonly int s_times = Longer.NumberOf("CLUSTERLB_TAKEOVERS", 3);

    [Fact]
    public async Task Takeovers_in_a_row_refuse_reset_and_fail_nothing()
    {
        await using var node = await TakenNode.StartAsync();
        await using var load = SteadyLoad.On(node, each: 4);
        for (var turn = 1; turn <= s_times; turn++)
        {
            var before = node.Process;
            // The number of loops, and so of sockets, is another one each time.
            var after = node.Follow("--set", $"node.event-loops={1 + (turn % 3)}");
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
    public async Task What_operators_asked_for_holds_from_the_first_moment_on()
    {
        var second = $"pools.app.backends.b2.address=127.0.0.1:{FreePorts.Next()}";
        await using var node = await TakenNode.StartAsync("--set", second);
        await node.PostAsync("pools/app/backends/b2/state", """{"state":"maintenance"}""");
        await node.PostAsync("pools/app/backends/b1/weight", """{"weight":7}""");
        var before = node.Process;

        await TakenNode.FollowedAsync(before, node.Follow("--set", second));

        var backends = (await node.StatusAsync()).GetProperty("pools")[0].GetProperty("backends").EnumerateArray().ToList();
        Assert.Equal("maintenance", backends.Single(one => one.GetProperty("name").GetString() == "b2").GetProperty("state").GetString());
        Assert.Equal(7, backends.Single(one => one.GetProperty("name").GetString() == "b1").GetProperty("operator_weight").GetInt32());
    }

    [Fact]
    public async Task Listeners_that_the_new_configuration_has_not_close_and_new_ones_open()
    {
        await using var node = await TakenNode.StartAsync();
        var (before, other) = (node.Process, FreePorts.Next());

        await TakenNode.FollowedAsync(before, node.Follow("--set", $"listeners.raw.bind=127.0.0.1:{other}"));

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, other);
        using var gone = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(() => gone.ConnectAsync(IPAddress.Loopback, node.Tcp));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());
    }

    [Fact]
    public async Task A_bad_configuration_is_said_and_the_running_node_never_hears_of_it()
    {
        await using var node = await TakenNode.StartAsync();
        var before = node.Process;

        var after = node.Follow("--set", "listeners.web.pool=nowhere");

        Assert.Equal(1, await after.ExitCodeAsync());
        Assert.Contains("\"nowhere\" is not a pool", after.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("take its place", before.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());
    }

    [Theory]
    [InlineData("node.name=other", "this is node lb1, and the new process is to be other: node.name must stay")]
    [InlineData("listeners.web.bind=192.0.2.1:80", "this machine does not have that address")]
    public async Task What_cannot_take_over_says_why_and_the_running_node_goes_on(string setting, string why)
    {
        await using var node = await TakenNode.StartAsync();
        var before = node.Process;

        var after = node.Follow("--set", setting);

        Assert.Equal(1, await after.ExitCodeAsync());
        Assert.Contains(why, after.Errors, StringComparison.Ordinal);
        await Eventually.Is(() => before.Errors.Contains(" stays: ", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());
        await TakenNode.FollowedAsync(before, node.Follow());
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_is_taken_over()
    {
        await using var node = await TakenNode.StartAsync();

        using var after = NodeProcess.Run([.. node.Settings, "--takeover", node.PathOf("nobody.sock")]);

        Assert.Equal(1, await after.ExitCodeAsync());
        Assert.Contains("no node answers at ", after.Errors, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_file_that_is_no_socket_is_not_touched()
    {
        await using var node = await TakenNode.StartAsync();
        var path = node.PathOf("notes.txt");
        await File.WriteAllTextAsync(path, "mine");
        using var other = NodeProcess.Run(
            [.. NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), new IPEndPoint(IPAddress.Loopback, FreePorts.Next())),
                "--set", $"node.takeover-socket={path}"]);

        Assert.Equal(1, await other.ExitCodeAsync());
        Assert.Contains("is there and is no socket", other.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Only_its_user_may_connect()
    {
        await using var node = await TakenNode.StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFile.Of(node.Socket)!.Value.Permissions);
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
