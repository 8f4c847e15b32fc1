using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;
using Xunit.Abstractions;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>A real node whose one pool has thousands of backends, reloaded while clients ask it.</summary>
public sealed class LargeReloadTests(ITestOutputHelper output)
{
    private const int Clients = 4;

    /// <summary>2,000, or as many as tests/reloads/run.sh says.</summary>
    private static readonly int s_backends = Longer.NumberOf("CLUSTERLB_RELOAD_BACKENDS", 2_000);

    [Fact]
    public async Task A_pool_of_thousands_is_reloaded_while_it_serves()
    {
        // One server at every address of this machine, each of which is a backend.
        var port = FreePorts.Next();
        var bind = string.Create(CultureInfo.InvariantCulture, $"0.0.0.0:{port}");
        using var server = NodeProcess.Start("demo", "backend", "b", "--bind", bind);
        using var node = await ReloadedNode.StartAsync(node => BodyOf(node, port, 0, 0));
        await Eventually.Is(async () => await IsServedAsync(node));
        using var done = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => LoadAsync(node.EndPoint, done.Token)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(8), TimeProvider.System, CancellationToken.None);

        List<(string What, long From, long To)> spans = [("before", 0, Stopwatch.GetTimestamp())];
        foreach (var (what, turn, moved) in new[]
            { ("a timeout", 1, 0), ("a tenth moved", 1, s_backends / 10), ("all moved", 2, s_backends), ("all moved back", 3, 0) })
        {
            node.Write(BodyOf(node, port, turn, moved));
            var from = Stopwatch.GetTimestamp();
            var (status, answer) = await node.PostAsync("{}");
            Assert.True(status == HttpStatusCode.OK, answer.ToString());
            spans.Add(($"{what}, reloaded in {Stopwatch.GetElapsedTime(from).TotalMilliseconds:0} ms", from, Stopwatch.GetTimestamp()));
            // New ones are checked meanwhile.
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
            spans.Add(("and the 5 s after it", spans[^1].To, Stopwatch.GetTimestamp()));
        }

        await done.CancelAsync();
        var requests = (await Task.WhenAll(clients)).SelectMany(one => one).ToList();
        foreach (var (what, from, to) in spans) output.WriteLine(Tell(what, [.. requests.Where(one => one.At >= from && one.At < to)]));

        Assert.DoesNotContain(requests, one => one.Status != 200);
        Assert.Equal(s_backends, (await node.GetAsync("pools/app")).GetProperty("backends").GetArrayLength());
    }

    private static async Task<bool> IsServedAsync(ReloadedNode node)
    {
        try
        {
            return (await node.AskAsync()).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Tell(string what, List<(long At, double Milliseconds, int Status)> requests)
    {
        var times = requests.Select(one => one.Milliseconds).Order().ToList();
        double At(double share) => times.Count == 0 ? 0 : times[(int)Math.Min(times.Count - 1, share * times.Count)];
        return string.Create(CultureInfo.InvariantCulture,
            $"{what}: {times.Count} requests, p50 {At(0.5):0.00} ms, p99 {At(0.99):0.00} ms, longest {At(1):0.00} ms");
    }

    /// <param name="moved">So many have another address than at first.</param>
    private static string BodyOf(ReloadedNode node, int port, int turn, int moved)
    {
        var backends = new StringBuilder();
        for (var i = 0; i < s_backends; i++)
        {
            var (third, second) = (i % 250, (i / 250) + (i < moved ? 100 : 1));
            backends.AppendLine(CultureInfo.InvariantCulture, $"b{i} {{ address = \"127.{second}.{third}.1:{port}\" }}");
        }

        return string.Create(CultureInfo.InvariantCulture, $$"""
            listeners.web { bind = "127.0.0.1:{{node.Port}}", pool = app }
            pools.app {
              health { type = tcp, interval = 5s }, timeouts.response = {{30 + turn}}s
              backends { {{backends}} }
            }
            """);
    }

    private static async Task<List<(long At, double Milliseconds, int Status)>> LoadAsync(IPEndPoint endPoint, CancellationToken done)
    {
        List<(long, double, int)> requests = [];
        using var client = await RawClient.ConnectAsync(endPoint);
        while (!done.IsCancellationRequested)
        {
            var at = Stopwatch.GetTimestamp();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            var response = await client.ReadAsync();
            requests.Add((at, Stopwatch.GetElapsedTime(at).TotalMilliseconds, response.Status));
            // A pace, so that the node and not the test has the machine.
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }

        return requests;
    }
}
