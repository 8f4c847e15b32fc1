using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Node.Demo;
using ClusterLb.Testing;
using Xunit.Abstractions;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>A real node that is reloaded again and again while clients ask it.</summary>
public sealed class ReloadUnderLoadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Clients = 8;

    /// <summary>100, or as many as tests/reloads/run.sh says.</summary>
    private static readonly int s_reloads = Longer.NumberOf("CLUSTERLB_RELOADS", 100);

    private SampleBackend[] _backends = [];

    public async Task InitializeAsync() =>
        _backends = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => SampleBackend.StartAsync($"b{i}", FreePorts.Next())));

    public async Task DisposeAsync()
    {
        foreach (var backend in _backends) await backend.DisposeAsync();
    }

    [Fact]
    public async Task Reloads_fail_no_request_and_leave_everything_where_it_was()
    {
        var other = FreePorts.Next();
        using var node = await ReloadedNode.StartAsync(node => BodyOf(node, 0, other));
        await ReloadAsync(node, 30, other);
        var before = await SettleAsync(node);

        var (served, failures) = await ReloadAsync(node, s_reloads, other);
        var after = await SettleAsync(node);
        output.WriteLine($"{s_reloads} reloads: {served} requests, {failures.Count} failed; "
            + $"{before.Descriptors} descriptors before, {after.Descriptors} after; {before.Threads} threads, {after.Threads}; "
            + $"{before.Kilobytes >> 10} MB, {after.Kilobytes >> 10} MB; {before.Series.Count} series, {after.Series.Count}");

        Assert.Empty(failures);
        Assert.True(served > s_reloads, $"{served} requests");
        // Idle connections to backends are kept, as many as clients needed at once.
        Assert.InRange(after.Descriptors, 0, before.Descriptors + (2 * Clients));
        Assert.InRange(after.Threads, 0, before.Threads + 4);
        Assert.InRange(after.Kilobytes, 0, before.Kilobytes + (24 << 10));
        Assert.Equal(before.Series, after.Series);
    }

    /// <summary>
    /// Each differs from the one before in almost everything that can: a backend comes, one changes its address, weights, a timeout, a
    /// second listener comes, goes and is renamed, the first changes its limits, the log its level.
    /// </summary>
    private string BodyOf(ReloadedNode node, int turn, int other)
    {
        var second = (turn % 3) switch
        {
            1 => $"listeners.other {{ bind = \"127.0.0.1:{other}\", pool = app }}",
            2 => $"listeners.renamed {{ bind = \"127.0.0.1:{other}\", pool = extra }}",
            _ => "",
        };
        var third = turn % 2 == 1 ? $", b3 {{ address = \"{_backends[2].EndPoint}\" }}" : "";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            listeners.web { bind = "127.0.0.1:{{node.Port}}", pool = app, max-connections = {{1_000 + (turn % 7)}} }
            {{second}}
            pools.app {
              health { type = tcp, interval = 200ms }, timeouts.response = {{30 + (turn % 5)}}s
              backends {
                b1 { address = "{{_backends[0].EndPoint}}", weight = {{1 + (turn % 4)}} }
                b2 { address = "{{_backends[turn / 10 % 2 == 0 ? 1 : 3].EndPoint}}" }{{third}}
              }
            }
            pools.extra { health { type = tcp, interval = 200ms }, backends.e1.address = "{{_backends[1].EndPoint}}" }
            node.log.level = {{(turn % 2 == 0 ? "info" : "warning")}}
            """);
    }

    private async Task<(int Served, IReadOnlyList<string> Failures)> ReloadAsync(ReloadedNode node, int reloads, int other)
    {
        await using var load = NodeLoad.Begin(node.EndPoint, Clients);
        for (var turn = 1; turn <= reloads; turn++) await node.ReloadAsync(BodyOf(node, turn, other));
        await node.ReloadAsync(BodyOf(node, 0, other));
        return await load.EndAsync();
    }

    /// <summary>When all that left is forgotten, and what is new has been checked.</summary>
    private static async Task<(int Descriptors, int Threads, long Kilobytes, List<string> Series)> SettleAsync(ReloadedNode node)
    {
        await Eventually.Is(async () => (await node.MetricsAsync()) is var metrics
            && !metrics.Contains("\"b3\"", StringComparison.Ordinal) && !metrics.Contains("listener=\"other\"", StringComparison.Ordinal)
            && !metrics.Contains("listener=\"renamed\"", StringComparison.Ordinal)
            && !Regex.IsMatch(metrics, @"state=""unknown""[^}]*\} 1")
            && metrics.Contains("clusterlb_listener_active_connections{listener=\"web\"} 0", StringComparison.Ordinal));
        var status = await File.ReadAllLinesAsync($"/proc/{node.Process.Pid}/status");
        long Of(string name) => long.Parse(status.Single(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        var series = (await node.MetricsAsync()).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line[..line.LastIndexOf(' ')]).ToList();
        return (node.Process.Descriptors().Count, (int)Of("Threads:"), Of("VmRSS:"), series);
    }
}
