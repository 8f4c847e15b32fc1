using System.Net;
using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class HealthMonitorActorTests : PatientTestKit
{
    private static readonly HealthConfig s_health = Configs.Pool.Health with
    {
        Probe = Configs.TcpProbe,
        Interval = TimeSpan.FromSeconds(5),
        FastInterval = TimeSpan.FromSeconds(1)
    };

    private readonly FakeCheck _check = new();
    private readonly SnapshotAssembler _assembler = new();
    private readonly TestProbe _agent;
    private readonly TestProbe _ownChecks;

    public HealthMonitorActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"") =>
        (_agent, _ownChecks) = (CreateTestProbe(), CreateTestProbe());

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Verdicts_are_published_whole_whenever_one_changes()
    {
        var test = new TestMemory(TestMemory.PoolOf(2, s_health));
        Start(test);
        Assert.Empty((await SnapshotAsync(test)).Verdicts);

        var news = await NextSnapshotAsync(test);
        // Both first checks may have answered before the monitor's turn.
        if (news.Verdicts.Count == 1) news = await NextSnapshotAsync(test);
        Assert.Equal(["app/b1", "app/b2"], news.Verdicts.Keys.Order());

        _check.Result = new CheckResult(false, "connect refused");
        Assert.Equal(["app/b1", "app/b2"], (await NextSnapshotAsync(test)).Verdicts.Keys.Order());
    }

    [Fact]
    public async Task A_new_monitor_goes_on_from_the_newest_word_that_any_node_has()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        var (lb2, lb3) = (CreateTestProbe(), CreateTestProbe());
        var monitor = Start(test, "monitor", lb2.Ref, lb3.Ref);
        await lb2.ExpectMsgAsync<PullSnapshot>();
        await lb3.ExpectMsgAsync<PullSnapshot>();

        lb2.Send(monitor, Part(1 << 16, 5, ActiveHealth.Up));
        lb3.Send(monitor, Part(2 << 16, 1, ActiveHealth.Down));

        var resumed = await SnapshotAsync(test);
        Assert.True(resumed.Term > 2 << 16);
        Assert.Equal(ActiveHealth.Down, resumed.Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task A_monitor_goes_on_above_a_newer_word_that_a_node_brings_later()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health with { Probe = null }));
        var monitor = Start(test);
        Assert.Empty((await SnapshotAsync(test)).Verdicts);

        monitor.Tell(Part(7 << 16, 3, ActiveHealth.Down), CreateTestProbe().Ref);

        var resumed = await SnapshotAsync(test);
        Assert.True(resumed.Term > 7 << 16);
        Assert.Equal(ActiveHealth.Down, resumed.Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task An_older_word_that_a_node_brings_changes_nothing()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health with { Probe = null }));
        var monitor = Start(test);
        var word = await SnapshotAsync(test);

        monitor.Tell(Part(0, 3, ActiveHealth.Down), CreateTestProbe().Ref);
        monitor.Tell(new PullSnapshot(), _agent.Ref);

        var pulled = await SnapshotAsync(test);
        Assert.Equal((word.Term, word.Sequence), (pulled.Term, pulled.Sequence));
        Assert.Empty(pulled.Verdicts);
    }

    [Fact]
    public async Task A_node_that_does_not_say_what_it_has_is_not_waited_for_long()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        Start(test, "monitor", CreateTestProbe().Ref);

        await NextSnapshotAsync(test);
    }

    [Fact]
    public async Task Failures_in_a_row_become_DOWN()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        _check.Result = new CheckResult(false, "connect refused");
        Start(test);
        await SnapshotAsync(test);
        await NextSnapshotAsync(test);
        await NextSnapshotAsync(test);

        Assert.Equal(ActiveHealth.Down, (await NextSnapshotAsync(test)).Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task Before_DOWN_other_nodes_are_asked_and_their_failures_count()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        var (lb2, lb3) = (CreateTestProbe(), CreateTestProbe());
        await StartAsync(test, lb2, lb3);
        _check.Result = new CheckResult(false, "timed out after 2s");
        await TurnUntilAsync(test, lb2, lb3, new CheckResult(false, "connect refused"));

        var snapshot = await SnapshotAsync(test);

        Assert.Equal(ActiveHealth.Down, snapshot.Verdicts["app/b1"].State.Health);
        Assert.Equal("check failed: monitor test: timed out after 2s; witnesses lb2 lb3: connect refused",
            snapshot.Verdicts["app/b1"].Reason);
    }

    [Fact]
    public async Task What_only_the_monitor_cannot_reach_stays_up_and_its_node_looks_for_itself()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        var (lb2, lb3) = (CreateTestProbe(), CreateTestProbe());
        await StartAsync(test, lb2, lb3);
        _check.Result = new CheckResult(false, "timed out after 2s");
        for (var round = 0; round < 5; round++) await TurnUntilAsync(test, lb2, lb3, new CheckResult(true, "status 200"));

        Assert.Equal("app/b1", (await _ownChecks.ExpectMsgAsync<Suspect>()).Backend);
        Assert.Equal(ActiveHealth.GoingDown, (await SnapshotAsync(test)).Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task What_is_down_and_the_monitor_cannot_reach_comes_back_when_the_others_do()
    {
        var test = new TestMemory(TestMemory.PoolOf(1,
            s_health with { Interval = s_health.FastInterval, Timeout = TimeSpan.FromMilliseconds(500) }));
        var (lb2, lb3) = (CreateTestProbe(), CreateTestProbe());
        await StartAsync(test, lb2, lb3);
        _check.Result = new CheckResult(false, "timed out after 2s");
        await TurnUntilAsync(test, lb2, lb3, new CheckResult(false, "connect refused"));
        Assert.Equal(ActiveHealth.Down, (await SnapshotAsync(test)).Verdicts["app/b1"].State.Health);

        await TurnUntilAsync(test, lb2, lb3, new CheckResult(true, "status 200"));
        Assert.Equal(ActiveHealth.GoingUp, (await SnapshotAsync(test)).Verdicts["app/b1"].State.Health);
        await TurnUntilAsync(test, lb2, lb3, new CheckResult(true, "status 200"));

        var back = (await SnapshotAsync(test)).Verdicts["app/b1"];
        Assert.Equal((ActiveHealth.Up, "others reach it: monitor test: timed out after 2s; witnesses lb2 lb3: status 200"),
            (back.State.Health, back.Reason));
    }

    [Fact]
    public async Task What_is_down_stays_so_while_nobody_says_otherwise()
    {
        var test = new TestMemory(TestMemory.PoolOf(1,
            s_health with { Interval = s_health.FastInterval, Timeout = TimeSpan.FromMilliseconds(500) }));
        var (lb2, lb3) = (CreateTestProbe(), CreateTestProbe());
        await StartAsync(test, lb2, lb3);
        _check.Result = new CheckResult(false, "timed out after 2s");
        await TurnUntilAsync(test, lb2, lb3, new CheckResult(false, "connect refused"));
        Assert.Equal(ActiveHealth.Down, (await SnapshotAsync(test)).Verdicts["app/b1"].State.Health);

        // Witnesses that say nothing, then ones that found nothing out: no news, until the monitor's own check passes.
        await TurnUntilAskedAsync(test, lb2);
        await TurnUntilAsync(test, lb2, lb3, null);
        await TurnUntilAskedAsync(test, lb2);
        _check.Result = new CheckResult(true, "connected");

        Assert.Equal("check passed: connected", (await NextSnapshotAsync(test)).Verdicts["app/b1"].Reason);
    }

    [Fact]
    public async Task Two_checks_of_one_backend_never_overlap()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        _check.Pending = new TaskCompletionSource<CheckResult?>();
        Start(test);
        await SnapshotAsync(test);

        await AwaitAssertAsync(() => Assert.Single(_check.Asked));
        Advance(test, TimeSpan.FromMinutes(1));
        _check.Pending.SetResult(new CheckResult(true, "connected"));
        await NextSnapshotAsync(test);

        Assert.Single(_check.Asked);
    }

    [Fact]
    public async Task A_backend_that_fails_real_traffic_is_asked_at_once_and_once()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        var monitor = Start(test);
        await SnapshotAsync(test);
        await NextSnapshotAsync(test);
        _check.Result = new CheckResult(false, "connect refused");

        test.Time.Advance(TimeSpan.FromMilliseconds(200));
        for (var i = 0; i < 100; i++) monitor.Tell(new FailureReport(["app/b1"]));
        var snapshot = await SnapshotAsync(test);

        Assert.Equal(ActiveHealth.GoingDown, snapshot.Verdicts["app/b1"].State.Health);
        Assert.Equal(2, _check.Asked.Count);
        Assert.Equal(1, test.Memory.Health.Probes.ByBackend["app/b1"].Passed);
    }

    [Fact]
    public async Task A_backend_in_maintenance_is_not_asked()
    {
        var test = new TestMemory(TestMemory.PoolOf(2, s_health));
        test.Pool.SetAdmin(test.Pool.Members[0], AdminState.Maintenance, "test", 0, 0);
        Start(test);
        await SnapshotAsync(test);

        await NextSnapshotAsync(test);

        Assert.Equal(["app/b2"], _check.Asked);
    }

    [Fact]
    public async Task What_is_due_within_a_moment_is_started_in_one_turn()
    {
        var test = new TestMemory(TestMemory.PoolOf(100, s_health));
        Start(test);
        await SnapshotAsync(test);

        var published = 0;
        for (var known = 0; known < 100; published++) known = (await NextSnapshotAsync(test)).Verdicts.Count;

        // A hundred first checks within a second, in turns of at least 50 ms.
        Assert.InRange(published, 2, 21);
        Assert.Equal(100, _check.Asked.Distinct().Count());
    }

    [Fact]
    public async Task Every_second_agents_hear_which_word_is_the_latest()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health with { Probe = null }));
        Start(test);
        var snapshot = await SnapshotAsync(test);

        Advance(test, TimeSpan.FromSeconds(1));

        Assert.Equal(new HealthDigest(snapshot.Term, snapshot.Sequence), await _agent.ExpectMsgAsync<HealthDigest>());
    }

    private async Task<HealthSnapshot> SnapshotAsync(TestMemory test) =>
        _assembler.Add((HealthSnapshotPart)await _agent.FishForMessageAsync(message => message is HealthSnapshotPart),
            test.Memory.Clock.NowMilliseconds)!;

    /// <summary>Turns until the monitor says something new.</summary>
    private async Task<HealthSnapshot> NextSnapshotAsync(TestMemory test)
    {
        HealthSnapshotPart? part = null;
        await AwaitConditionAsync(async () =>
        {
            Advance(test, TimeSpan.FromMilliseconds(50));
            part = await _agent.ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) as HealthSnapshotPart;
            return part is not null;
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
        return _assembler.Add(part!, test.Memory.Clock.NowMilliseconds)!;
    }

    /// <summary>Turns until both other nodes are asked to witness, and lets them answer.</summary>
    private async Task TurnUntilAsync(TestMemory test, TestProbe lb2, TestProbe lb3, CheckResult? answer)
    {
        await TurnUntilAskedAsync(test, lb2);
        lb2.Reply(new ProbeReport("app/b1", "lb2", answer));
        await lb3.FishForMessageAsync(message => message is ProbeRequest);
        lb3.Reply(new ProbeReport("app/b1", "lb3", answer));
    }

    private Task TurnUntilAskedAsync(TestMemory test, TestProbe witness) => AwaitConditionAsync(async () =>
    {
        Advance(test, TimeSpan.FromMilliseconds(50));
        return await witness.ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) is ProbeRequest;
    }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));

    private async Task StartAsync(TestMemory test, TestProbe lb2, TestProbe lb3)
    {
        var monitor = Start(test, "monitor", lb2.Ref, lb3.Ref);
        await lb2.ExpectMsgAsync<PullSnapshot>();
        await lb3.ExpectMsgAsync<PullSnapshot>();
        lb2.Send(monitor, Part(0, 0, ActiveHealth.Unknown));
        lb3.Send(monitor, Part(0, 0, ActiveHealth.Unknown));
        await SnapshotAsync(test);
        Assert.Equal(ActiveHealth.Up, (await NextSnapshotAsync(test)).Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task What_is_added_is_checked_at_once_and_what_is_removed_is_forgotten()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        test.Owner.Listen(change => Sys.EventStream.Publish(change));
        Start(test);
        await SnapshotAsync(test);
        await NextSnapshotAsync(test);

        test.Apply(TestMemory.PoolOf(2, s_health));
        var news = await NextSnapshotAsync(test);
        while (!news.Verdicts.ContainsKey("app/b2")) news = await NextSnapshotAsync(test);

        test.Apply(TestMemory.PoolOf(1, s_health));
        while (news.Verdicts.ContainsKey("app/b2")) news = await NextSnapshotAsync(test);
        Assert.Equal(["app/b1"], news.Verdicts.Keys);
    }

    [Fact]
    public async Task A_backend_with_another_address_begins_anew()
    {
        var pool = TestMemory.PoolOf(1, s_health);
        var test = new TestMemory(pool);
        test.Owner.Listen(change => Sys.EventStream.Publish(change));
        Start(test);
        await SnapshotAsync(test);
        var known = (await NextSnapshotAsync(test)).Verdicts["app/b1"];
        var moved = new IPEndPoint(IPAddress.Loopback, 99);

        test.Apply(pool with { Backends = [pool.Backends[0] with { EndPoint = moved }] });
        Assert.Empty((await NextSnapshotAsync(test)).Verdicts);

        Assert.Equal((pool.Backends[0].EndPoint.ToString(), moved.ToString()),
            (known.Address, (await NextSnapshotAsync(test)).Verdicts["app/b1"].Address));
    }

    private static HealthSnapshotPart Part(long term, long sequence, ActiveHealth health) =>
        new(term, sequence, 0, 1, [new VerdictEntry("app/b1", health, 0, 0, null, "test")]);

    private void Advance(TestMemory test, TimeSpan time)
    {
        test.Time.Advance(time);
        Clock.Advance(time);
    }

    private IActorRef Start(TestMemory test, string name = "monitor", params IActorRef[] others) =>
        Sys.ActorOf(HealthMonitorActor.Props(test.Memory.HealthDependencies(_check), new TestPeers([_agent.Ref, .. others]), _ownChecks.Ref,
            mark: 1), name);
}
