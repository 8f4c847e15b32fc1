using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>A node that starts the program that is installed now in its own place, as a service manager sees it.</summary>
public sealed partial class UpgradeTests
{
    [Fact]
    public async Task SIGUSR2_has_the_installed_program_take_over_and_the_service_manager_follow_it()
    {
        var name = Path.Combine(Path.GetTempPath(), $"clusterlb-{Guid.NewGuid():N}");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(name));
        await using var node = await TakenNode.StartWithAsync($"NOTIFY_SOCKET={name}");
        await using var load = SteadyLoad.On(node, each: 2);
        Assert.Equal("READY=1", await NextAsync(manager));

        node.Process.Signal(NodeProcess.SIGUSR2);

        var told = await NextAsync(manager);
        Assert.StartsWith("MAINPID=", told, StringComparison.Ordinal);
        var next = int.Parse(told["MAINPID=".Length..], CultureInfo.InvariantCulture);
        try
        {
            Assert.Equal(0, await node.Process.OwnExitCodeAsync());
            var served = load.Served;
            await Eventually.Is(() => load.Served > served + 100);
            await load.StopAsync();
            Assert.Empty(load.Failures);
            // The same arguments, but for the last two.
            Assert.Contains($"--takeover\0{node.Socket}\0", await File.ReadAllTextAsync($"/proc/{next}/cmdline"), StringComparison.Ordinal);
            NodeProcess.Signal(next, NodeProcess.SIGTERM);
            // Each of the two has said who the main process is.
            Assert.Equal(told, await NextAsync(manager));
            Assert.StartsWith("STOPPING=1\n", await NextAsync(manager), StringComparison.Ordinal);
            await Eventually.Is(() => !Directory.Exists($"/proc/{next}"));
        }
        finally
        {
            if (Directory.Exists($"/proc/{next}")) NodeProcess.Signal(next, NodeProcess.SIGKILL);
            File.Delete(name);
        }
    }

    [Fact]
    public async Task A_program_that_cannot_start_changes_nothing_and_the_command_says_when_another_process_is_the_node()
    {
        var file = Path.Combine(Path.GetTempPath(), $"clusterlb-{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, "clusterlb {}");
        await using var node = await TakenNode.StartAsync("--config", file);
        await File.WriteAllTextAsync(file, "clusterlb { pools.app.balance = nonsense }");

        node.Process.Signal(NodeProcess.SIGUSR2);

        await Eventually.Is(() => node.Process.Errors.Contains("is not upgraded: ", StringComparison.Ordinal));
        Assert.Contains("has ended with 1; the log has its own words", node.Process.Errors, StringComparison.Ordinal);
        Assert.Contains("nonsense", node.Process.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());

        await File.WriteAllTextAsync(file, "clusterlb {}");
        using var command = NodeProcess.Start("upgrade", "--admin", $"http://127.0.0.1:{node.Admin}");
        try
        {
            Assert.True(await command.ExitCodeAsync() == 0, command.Errors + node.Process.Errors);
            Assert.Contains("lb1 is another process now", command.Output, StringComparison.Ordinal);
            Assert.Equal(0, await node.Process.OwnExitCodeAsync());
            Assert.Equal(HttpStatusCode.OK, await node.AskAsync());
        }
        finally
        {
            if (Successor().Match(node.Process.Errors) is { Success: true } given)
                NodeProcess.Signal(int.Parse(given.Groups[1].Value, CultureInfo.InvariantCulture), NodeProcess.SIGKILL);
            File.Delete(file);
        }
    }

    [GeneratedRegex("has given its place to process ([0-9]+)")]
    private static partial Regex Successor();

    private static async Task<string> NextAsync(Socket manager)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var received = new byte[256];
        return Encoding.ASCII.GetString(received, 0, await manager.ReceiveAsync(received, SocketFlags.None, patience.Token));
    }
}
