using System.Buffers;
using System.Net;
using System.Text;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Node.Telemetry;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Telemetry;

public sealed class SkewAlarmTests : IPoolEvents
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, long> _requests = [];
    private readonly LoggedLines _lines = new();

    [Fact]
    public void A_hot_backend_is_named_once_and_once_more_when_it_is_over()
    {
        var tables = new RoutingTableHolder();
        var pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2),
            new IPEndPoint(IPAddress.Loopback, 3));
        tables.Publish(new RoutingTableBuilder(this).Build(Configs.Of(Configs.Listener, pool), 0));
        using var alarm = new SkewAlarm(() => new Dictionary<string, long>(_requests), tables, _lines, _time);

        for (var step = 0; step < 8; step++) Serve(900, 50, 50);
        Assert.Equal("2.7", SkewOf("b1", alarm));
        Assert.Equal(["backend app/b1 gets 2.7 times its fair share of its pool's requests on this node"], _lines.Written);

        for (var step = 0; step < 8; step++) Serve(100, 100, 100);
        Assert.Equal("1", SkewOf("b1", alarm));
        Assert.Equal(2, _lines.Written.Count);
    }

    [Fact]
    public void What_one_served_while_others_were_away_is_not_held_against_it()
    {
        var tables = new RoutingTableHolder();
        var config = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2),
            new IPEndPoint(IPAddress.Loopback, 3));
        tables.Publish(new RoutingTableBuilder(this).Build(Configs.Of(Configs.Listener, config), 0));
        var pool = tables.Current.Find("app")!;
        using var alarm = new SkewAlarm(() => new Dictionary<string, long>(_requests), tables, _lines, _time);
        for (var step = 0; step < 3; step++) Serve(100, 100, 100);
        foreach (var gone in pool.Members.Skip(1)) pool.SetAdmin(gone, AdminState.Maintenance, "", 0);
        for (var step = 0; step < 6; step++) Serve(300, 0, 0);
        foreach (var gone in pool.Members.Skip(1)) pool.SetAdmin(gone, AdminState.Ready, "", 0);

        Serve(100, 100, 100);
        Assert.Equal("0", SkewOf("b1", alarm));
        for (var step = 0; step < 3; step++) Serve(100, 100, 100);

        Assert.Equal("1", SkewOf("b1", alarm));
        Assert.Empty(_lines.Written);
    }

    void IPoolEvents.EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    void IPoolEvents.FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }

    private static string SkewOf(string backend, SkewAlarm alarm)
    {
        var page = new ArrayBufferWriter<byte>();
        alarm.Write(new MetricWriter(page));
        var line = Encoding.UTF8.GetString(page.WrittenSpan).Split('\n')
            .Single(line => line.Contains($"\"{backend}\"", StringComparison.Ordinal));
        return line[(line.LastIndexOf(' ') + 1)..];
    }

    private void Serve(params int[] requests)
    {
        for (var i = 0; i < requests.Length; i++) _requests[$"app/b{i + 1}"] = _requests.GetValueOrDefault($"app/b{i + 1}") + requests[i];
        _time.Advance(TimeSpan.FromSeconds(10));
    }
}
