using System.Net;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>Commands as an operator types them, against a node that is a process of its own.</summary>
public sealed class CommandProcessTests
{
    [Fact]
    public async Task An_operator_drains_a_backend_and_waits_looks_and_makes_it_ready_again()
    {
        var answer = new TaskCompletionSource();
        await using var busy = RawBackend.Start(_ => Reply.Ok() with { After = answer.Task });
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run(NodeProcess.Settings(port, admin, busy.EndPoint));
        await UpAsync(node, admin);
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Is(() => !busy.Requests.IsEmpty);

        using var drain = NodeProcess.Start("backend", "drain", "app/b0", "--wait", "--force", "--admin", $"http://127.0.0.1:{admin}");
        await Eventually.Is(() => node.Errors.Contains("app/b0 UP -> DRAINING", StringComparison.Ordinal));
        answer.SetResult();

        Assert.Equal(200, (await client.ReadAsync()).Status);
        Assert.Equal((0, "app/b0 is drained: all work on it ended by itself"), await EndAsync(drain));
        var (exit, status) = await CommandAsync(admin, "status");
        Assert.Equal(0, exit);
        Assert.Matches("app/b0 .* drained ", status);
        Assert.Equal((0, "app/b0 is ready"), await CommandAsync(admin, "backend", "ready", "app/b0"));
    }

    [Fact]
    public async Task Work_that_does_not_end_is_cut_off_at_the_deadline_and_counted()
    {
        var never = new TaskCompletionSource();
        await using var stuck = RawBackend.Start(_ => Reply.Ok() with { After = never.Task });
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.Run(NodeProcess.Settings(port, admin, stuck.EndPoint));
        await UpAsync(node, admin);
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Is(() => !stuck.Requests.IsEmpty);

        Assert.Equal((1, "app/b0 is drained: 1 connection was cut off at the deadline"),
            await CommandAsync(admin, "backend", "drain", "app/b0", "--timeout", "500ms", "--wait", "--force"));

        never.SetResult();
    }

    private static async Task UpAsync(NodeProcess node, int admin)
    {
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 1_200; attempt++)
        {
            try
            {
                if ((await http.GetAsync(new Uri($"http://127.0.0.1:{admin}/readyz"))).IsSuccessStatusCode
                    && node.Errors.Contains("-> UP", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It starts.
            }

            await Task.Delay(25);
        }

        Assert.Fail($"the node never became ready: {node.Errors}");
    }

    private static async Task<(int ExitCode, string Output)> CommandAsync(int admin, params string[] arguments)
    {
        using var command = NodeProcess.Start([.. arguments, "--admin", $"http://127.0.0.1:{admin}"]);
        return await EndAsync(command);
    }

    private static async Task<(int ExitCode, string Output)> EndAsync(NodeProcess command) =>
        (await command.ExitCodeAsync(), command.Output.Trim());
}
