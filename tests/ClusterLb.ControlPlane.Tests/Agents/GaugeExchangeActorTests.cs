using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Agents;

public sealed class GaugeExchangeActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly TestProbe _other;
    private readonly IActorRef _gauges;

    public GaugeExchangeActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _other = CreateTestProbe();
        _gauges = Sys.ActorOf(Props.Create(() => new GaugeExchangeActor(
            _test.Memory.Members, _test.Memory.Tables, _test.Memory.Clock, new TestPeers(TestActor, _other.Ref),
                _test.Memory.OwnReport(new TestNode()))));
    }

    [Fact]
    public async Task Every_round_the_others_hear_what_is_in_flight_here()
    {
        Assert.True(_test.Pool.Members[1].TryLease(out _));

        _test.Memory.Admin.Digest = 0xC0FFEE;
        var report = await RoundAsync();

        Assert.Equal(0xC0FFEEUL, report.AdminDigest);
        Assert.Equal([new Gauge("app/b2", 1)], report.Gauges);
        Assert.Equal("ready", report.Facts.Phase);
    }

    [Fact]
    public async Task A_change_of_this_node_is_told_at_once()
    {
        // The scheduler stands still: no round is due.
        await AwaitConditionAsync(async () =>
        {
            Sys.EventStream.Publish(new NodeChanged());
            return await _other.ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) is NodeReport;
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task What_another_node_has_in_flight_is_where_pickers_look_until_it_falls_silent()
    {
        var report = await RoundAsync();
        _gauges.Tell(report with { Node = "lb2", Gauges = [new Gauge("app/b1", 4), new Gauge("app/unknown", 1)] }, _other.Ref);
        await AwaitAssertAsync(() => Assert.Equal(4, _test.Pool.Members[0].Load.Remote));
        Assert.Single(_test.Memory.Members.Peers);

        _test.Time.Advance(TimeSpan.FromSeconds(2.1));
        await RoundAsync();

        Assert.Equal(0, _test.Pool.Members[0].Load.Remote);
        Assert.Empty(_test.Memory.Members.Peers);
    }

    private async Task<NodeReport> RoundAsync()
    {
        NodeReport? report = null;
        await AwaitConditionAsync(async () =>
        {
            ((TestScheduler)Sys.Scheduler).Advance(NodeReport.Round);
            report = await _other.ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) as NodeReport;
            return report is not null;
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
        return report!;
    }
}
