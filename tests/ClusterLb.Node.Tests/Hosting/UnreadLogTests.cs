using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>A node whose standard output and standard error are full and read by nobody.</summary>
public sealed class UnreadLogTests : IDisposable
{
    private readonly UnreadPipe _output = new();
    private readonly UnreadPipe _errors = new();
    private readonly HttpClient _http = new();
    private readonly int _port = FreePorts.Next();
    private readonly int _admin = FreePorts.Next();

    public void Dispose()
    {
        _http.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Requests_go_on_lines_are_counted_and_said_when_somebody_reads_and_SIGTERM_ends_it()
    {
        await using var one = RawBackend.Start();
        await using var two = RawBackend.Start();
        using var node = NodeProcess.RunInto(
            _output.Path, _errors.Path,
            [.. NodeProcess.Settings(_port, _admin, one.EndPoint, two.EndPoint),
             "--set", "node.log.level=debug", "--set", "node.access-log.format=text"]);
        await node.ReadyAsync(_http, _admin);

        // 64 blocks of 64 KiB may wait; a line has 7 KB.
        await RequestsAsync(1_000);
        one.Kill();
        await RequestsAsync(500);

        Assert.InRange(await LostAsync(), 1, 1_500);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri($"http://127.0.0.1:{_admin}/readyz"))).StatusCode);
        Assert.Contains("lines of the access log are lost", await _errors.ReadUntilAsync("lines of the access log are lost"),
            StringComparison.Ordinal);

        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var backend = RawBackend.Start();
        using var node = NodeProcess.RunInto(
            _output.Path, _errors.Path,
                [.. NodeProcess.Settings(_port, _admin, backend.EndPoint), "--set", "node.drain-timeout=1h", "--set",
                "node.access-log.format=json"]);
        await node.ReadyAsync(_http, _admin);
        await RequestsAsync(1);
        using var idle = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port));
        await idle.SendAsync("GET / HTTP/1.1\r\n");

        node.Terminate();
        await Eventually.Is(async () => await NodeProcess.ReadinessAsync(_http, _admin) != HttpStatusCode.OK);
        node.Terminate();

        Assert.Equal(0, await node.ExitCodeAsync());
    }

    private async Task RequestsAsync(int count)
    {
        var target = new Uri($"http://127.0.0.1:{_port}/{new string('a', 7_000)}");
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, stop) =>
        {
            using var response = await _http.GetAsync(target, stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });
    }

    private async Task<long> LostAsync()
    {
        var metrics = await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_admin}/metrics"));
        var value = Regex.Match(metrics, "clusterlb_access_log_lost_total\\{[^}]*reason=\"full\"[^}]*\\} (\\d+)");
        return value.Success ? long.Parse(value.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;
    }
}
