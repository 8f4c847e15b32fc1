using System.CommandLine;
using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

public sealed class HealthCommandTests : IDisposable
{
    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1));

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_node_that_is_ready_is_exit_code_0_without_a_token_on_either_port()
    {
        await using var admin = await TestAdmin.StartAsync(s_pool, token: "correct-horse-battery");
        await Eventually.Is(async () => (await admin.AskAsync("/readyz")).Status == HttpStatusCode.OK);

        foreach (var url in new[] { admin.Url, admin.HealthUrl })
        {
            _output.GetStringBuilder().Clear();
            Assert.Equal(0, await RunAsync(url));
            Assert.Equal(("ready", ""), (_output.ToString().Trim(), _error.ToString()));
        }
    }

    [Fact]
    public async Task A_node_that_is_not_says_why_and_is_exit_code_1()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);

        Assert.Equal(1, await RunAsync(admin.HealthUrl));
        Assert.Equal(("starting", ""), (_output.ToString().Trim(), _error.ToString()));
    }

    [Fact]
    public async Task Where_nobody_listens_the_next_one_is_asked_and_without_one_it_is_exit_code_2()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool);
        var nobody = $"http://127.0.0.1:{FreePorts.Next()}";

        Assert.Equal(1, await RunAsync($"{nobody},{admin.Url}"));
        Assert.Equal(2, await RunAsync(nobody));
        Assert.StartsWith($"nobody listens at {nobody}", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_is_exit_code_2()
    {
        await using var other = RawBackend.Start(_ => new Reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));

        Assert.Equal(2, await RunAsync($"http://{other.EndPoint}"));
        Assert.EndsWith("is not the admin port of a node of this version", _error.ToString().Trim(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string admin) => CommandLine.RunAsync(["health", "--admin", admin],
        new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false });
}
