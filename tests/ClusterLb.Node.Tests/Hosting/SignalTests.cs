using System.Diagnostics;
using System.Net;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>What a real process does with signals.</summary>
public sealed class SignalTests : IDisposable
{
    private const int SIGHUP = 1;
    private const int SIGQUIT = 3;
    private const int SIGUSR1 = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-signals").FullName;

    private string Log => Path.Combine(_folder, "access.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(SIGHUP)]
    [InlineData(SIGUSR1)]
    public async Task A_log_that_was_renamed_is_opened_anew_and_no_line_is_lost(int signal)
    {
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = Start(port, admin, backend.EndPoint);
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
        for (var i = 0; i < 200; i++)
        {
            if (i == 100)
            {
                File.Move(Log, Log + ".1");
                node.Signal(signal);
            }

            await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/{i}"));
        }

        await Eventually.Is(() => node.Errors.Contains($"access log {Log} is opened anew", StringComparison.Ordinal));
        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());
        string[] lines = [.. await File.ReadAllLinesAsync(Log + ".1"), .. await File.ReadAllLinesAsync(Log)];
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"/{i}"), lines.Select(line => line.Split(' ').First(word => word[0] == '/')));
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_anew_goes_on_where_it_was_and_says_so()
    {
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = Start(port, admin, backend.EndPoint);
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
        File.Move(Log, Log + ".1");
        Directory.CreateDirectory(Log);

        node.Signal(SIGHUP);
        await Eventually.Is(() => node.Errors.Contains("cannot be opened anew, it goes on in the file it had", StringComparison.Ordinal));
        await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/kept"));

        await Eventually.Is(() => File.ReadAllText(Log + ".1").Contains("/kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGQUIT_drains_without_the_delay()
    {
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = Start(port, admin, backend.EndPoint, "node.drain-delay=10m");
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);

        node.Signal(SIGQUIT);

        Assert.Equal(0, await node.ExitCodeAsync());
        Assert.Contains("has left; 0 connections were cut off", node.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SIGQUIT)]
    [InlineData(NodeProcess.SIGTERM)]
    public async Task Signals_are_heard_although_whoever_started_it_ignores_them(int signal)
    {
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.RunIgnoring("HUP QUIT TERM", NodeProcess.Settings(port, admin, backend.EndPoint));
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);

        node.Signal(SIGHUP);
        await Eventually.Is(() => node.Errors.Contains("no log goes to a file", StringComparison.Ordinal));
        node.Signal(signal);

        Assert.Equal(0, await node.ExitCodeAsync());
    }

    [Fact]
    public async Task A_signal_whose_name_does_not_say_that_it_kills_does_not()
    {
        await using var backend = RawBackend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = Start(port, admin, backend.EndPoint);
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);

        // SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGSTKFLT, SIGCHLD, SIGURG, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR.
        foreach (var signal in new[] { 1, 10, 12, 13, 14, 16, 17, 23, 26, 27, 28, 29, 30 })
        {
            node.Signal(signal);
            Assert.Equal("ok", await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")));
        }

        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());
    }

    [Fact]
    public async Task A_second_SIGTERM_ends_it_whatever_is_under_way()
    {
        await using var backend = RawBackend.Start(_ => Reply.Ok() with { After = new TaskCompletionSource().Task });
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = Start(port, admin, backend.EndPoint, "node.drain-timeout=10m");
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.Is(() => backend.Requests.Count == 1);

        node.Terminate();
        await Eventually.Is(() => node.Errors.Contains("drains: not ready", StringComparison.Ordinal));
        var began = Stopwatch.GetTimestamp();
        node.Terminate();
        await node.ExitCodeAsync();

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "it waited for a request");
    }

    private NodeProcess Start(int port, int admin, IPEndPoint backend, params string[] settings) => NodeProcess.Run(
    [
        .. NodeProcess.Settings(port, admin, backend), "--set", "node.access-log.format=text", "--set", $"node.access-log.path={Log}",
        .. settings.SelectMany(setting => new[] { "--set", setting }),
    ]);
}
