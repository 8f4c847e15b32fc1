using System.Net;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>Processes that cannot take the place of a running node; it goes on, whoever comes.</summary>
public sealed class RefusedTakeoverTests
{
    [Fact]
    public async Task What_cannot_take_over_says_why_and_the_running_node_goes_on()
    {
        await using var node = await TakenNode.StartAsync();
        var running = node.Process;
        // Of its file, before the running node hears of it.
        await RefusedAsync("\"nowhere\" is not a pool", node.Follow("--set", "listeners.web.pool=nowhere"));
        node.Add(NodeProcess.Run([.. node.Settings, "--takeover", node.PathOf("nobody.sock")]));
        await RefusedAsync("no node answers at ", node.Process);
        Assert.DoesNotContain("take its place", running.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());

        await RefusedAsync(
            "this is node lb1, and the new process is to be other: node.name must stay", node.Follow("--set", "node.name=other"));
        await RefusedAsync("this machine does not have that address", node.Follow("--set", "listeners.web.bind=192.0.2.1:80"));
        await Eventually.Is(() => running.Errors.Split(" stays: ").Length == 3);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());

        // Its socket is its user's alone.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFile.Of(node.Socket)!.Value.Permissions);
        await TakenNode.FollowedAsync(running, node.Follow());
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_not_touched()
    {
        var path = Path.Combine(Path.GetTempPath(), $"clusterlb-{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(path, "mine");
        using var node = NodeProcess.Run(
            [.. NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), new IPEndPoint(IPAddress.Loopback, FreePorts.Next())),
                "--set", $"node.takeover-socket={path}"]);
        await RefusedAsync("is there and is no socket", node);
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
        File.Delete(path);
    }

    private static async Task RefusedAsync(string why, NodeProcess late)
    {
        Assert.Equal(1, await late.ExitCodeAsync());
        Assert.Contains(why, late.Errors, StringComparison.Ordinal);
    }
}
