using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.TestKit;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tests.Health;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Agents;

public sealed class NodeAgentActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health with { Probe = Configs.TcpProbe }));
    private readonly FakeCheck _check = new();
    private readonly TestProbe _publisher;
    private readonly TestProbe _ownChecks;
    private readonly TestProbe _monitor;
    private readonly TestProbe _admin;
    private readonly TestProbe _keys;
    private readonly IActorRef _agent;

    public NodeAgentActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        (_publisher, _ownChecks, _monitor, _admin, _keys) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe(),
            CreateTestProbe());
        var shared = new AgentDependencies(_publisher.Ref, _ownChecks.Ref, CreateTestProbe().Ref, _admin.Ref, _keys.Ref);
        _agent = Sys.ActorOf(Props.Create(() => new NodeAgentActor(_test.Memory.HealthDependencies(_check), _test.Memory.Members,
            new TestPeers(TestActor, TestActor), shared)));
    }

    [Fact]
    public async Task A_newer_word_is_kept_and_published_and_an_older_one_is_not()
    {
        _monitor.Send(_agent, Part(2, 5));
        Assert.Equal((2, 5), VersionOf(await _publisher.ExpectMsgAsync<HealthSnapshot>()));
        _monitor.Send(_agent, Part(2, 4));
        _monitor.Send(_agent, Part(1, 9));
        _monitor.Send(_agent, Part(3, 0));

        Assert.Equal((3, 0), VersionOf(await _publisher.ExpectMsgAsync<HealthSnapshot>()));
        Assert.Equal((3, 0), VersionOf(_test.Memory.Health.LastSnapshot));
    }

    [Fact]
    public async Task Who_lacks_the_latest_word_pulls_it()
    {
        _monitor.Send(_agent, Part(2, 5));
        _monitor.Send(_agent, new HealthDigest(2, 5));
        _monitor.Send(_agent, new HealthDigest(1, 9));
        Assert.Equal(2, (await _monitor.ExpectMsgAsync<HealthSnapshotPart>()).Term);
        _monitor.Send(_agent, new HealthDigest(2, 6));

        await _monitor.ExpectMsgAsync<PullSnapshot>();
        _monitor.Send(_agent, new PullSnapshot());
        Assert.Equal((2, 5), ((await _monitor.ExpectMsgAsync<HealthSnapshotPart>()).Term, 5));
    }

    [Fact]
    public async Task Five_seconds_of_silence_make_the_table_stale_until_the_monitor_is_heard()
    {
        _monitor.Send(_agent, Part(2, 5));
        await _publisher.ExpectMsgAsync<HealthSnapshot>();

        await SilenceAsync();
        Assert.True(_test.Memory.Health.IsStale);
        Assert.False(_test.Memory.IsInformed);
        // Its own checks answer.
        foreach (var backend in _test.Pool.Members)
            _test.Pool.SetActive(backend, ActiveHealth.Up, "test", _test.Memory.Clock.NowMilliseconds);
        (_test.Memory.Admin.IsKnown, _test.Memory.Sessions.IsKnown) = (true, true);
        Assert.True(_test.Memory.IsInformed);

        _monitor.Send(_agent, new HealthDigest(2, 5));
        await _ownChecks.ExpectMsgAsync<MonitorHeard>();
        Assert.False(_test.Memory.Health.IsStale);
    }

    [Fact]
    public async Task Whoever_is_heard_looks_after_the_backends_and_while_nobody_is_own_checks_answer_for_it()
    {
        _monitor.Send(_agent, Part(2, 5));
        await _publisher.ExpectMsgAsync<HealthSnapshot>();
        _test.Time.Advance(TimeSpan.FromSeconds(3));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Health.Unwatched == TimeSpan.Zero));

        await SilenceAsync();
        var unwatched = _test.Memory.Health.Unwatched;
        await SilenceAsync();
        Assert.True(_test.Memory.Health.Unwatched > unwatched);
    }

    [Fact]
    public async Task A_witness_asks_once_and_looks_closer_when_it_fails()
    {
        _check.Result = new CheckResult(false, "connect refused");
        _monitor.Send(_agent, new ProbeRequest("app/b2"));
        Assert.Equal(new ProbeReport("app/b2", "test", new CheckResult(false, "connect refused")),
            await _monitor.ExpectMsgAsync<ProbeReport>());
        Assert.Equal("app/b2", (await _ownChecks.ExpectMsgAsync<Suspect>()).Backend);

        _monitor.Send(_agent, new ProbeRequest("app/b2") { Address = _test.Pool.Members[1].EndPoint.ToString() });
        Assert.False((await _monitor.ExpectMsgAsync<ProbeReport>()).Result!.Value.Passed);
        _monitor.Send(_agent, new ProbeRequest("app/b2") { Address = "10.0.0.9:80" });
        Assert.Null((await _monitor.ExpectMsgAsync<ProbeReport>()).Result);
        _monitor.Send(_agent, new ProbeRequest("app/nobody"));
        Assert.Null((await _monitor.ExpectMsgAsync<ProbeReport>()).Result);
    }

    [Fact]
    public async Task Failing_traffic_is_reported_to_the_monitor_that_was_heard_last()
    {
        _monitor.Send(_agent, Part(2, 5));
        await _publisher.ExpectMsgAsync<HealthSnapshot>();
        await _ownChecks.ExpectMsgAsync<VerdictsHeard>();

        _test.Memory.Health.Reports.Report(_test.Pool.Members[0],
            new Outcome(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always));

        Assert.Equal(["app/b1"], (await _monitor.ExpectMsgAsync<FailureReport>()).Backends);
        Assert.Equal("app/b1", (await _ownChecks.ExpectMsgAsync<Suspect>()).Backend);
    }

    [Fact]
    public async Task Reports_from_before_its_start_wait_for_a_monitor_to_be_heard()
    {
        _test.Memory.Health.Reports.Report(_test.Pool.Members[1],
            new Outcome(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always));
        Assert.Null(await _ownChecks.ReceiveOneAsync(TimeSpan.FromMilliseconds(100)));

        _monitor.Send(_agent, new HealthDigest(0, 0));

        Assert.Equal(["app/b2"], (await _monitor.ExpectMsgAsync<FailureReport>()).Backends);
    }

    [Fact]
    public async Task An_older_monitor_is_told_the_newer_word_and_does_not_count_as_heard()
    {
        _test.Memory.Health.LastSnapshot = new HealthSnapshot(3, 1, _test.Memory.Health.LastSnapshot.Verdicts);
        _monitor.Send(_agent, new HealthDigest(2, 9));
        Assert.Equal(3, (await _monitor.ExpectMsgAsync<HealthSnapshotPart>()).Term);
        Assert.False(_test.Memory.Health.HasHeardMonitor);

        _monitor.Send(_agent, new HealthDigest(3, 1));
        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Health.HasHeardMonitor));
    }

    [Fact]
    public async Task A_part_of_a_word_is_not_yet_the_word()
    {
        _monitor.Send(_agent, new HealthSnapshotPart(4, 1, 0, 2, []));
        _monitor.Send(_agent, new HealthDigest(4, 1));
        await _monitor.ExpectMsgAsync<PullSnapshot>();
        Assert.False(_test.Memory.Health.HasHeardMonitor);

        _monitor.Send(_agent, new HealthSnapshotPart(4, 1, 1, 2, []));
        Assert.Equal((4, 1), VersionOf(await _publisher.ExpectMsgAsync<HealthSnapshot>()));
        Assert.True(_test.Memory.Health.HasHeardMonitor);
    }

    [Fact]
    public async Task What_is_about_operators_goes_to_admin_state_and_is_answered_from_there()
    {
        _agent.Tell(new NodeCommand(IsDrain: true), TestActor);
        Assert.True((await _admin.ExpectMsgAsync<NodeCommand>()).IsDrain);
        _admin.Reply(new NodeCommandDone("draining"));
        await ExpectMsgAsync<NodeCommandDone>();

        _agent.Tell(new AdminStateTold([]), TestActor);
        await _admin.ExpectMsgAsync<AdminStateTold>();
    }

    [Fact]
    public async Task While_no_monitor_is_heard_a_newer_word_is_pulled_from_whoever_reports_it_and_who_tells_it_is_no_monitor()
    {
        var other = Sys.ActorOf(dsl => dsl.Receive<HealthSnapshotPart>((part, context) => _agent.Tell(part, context.Self)),
            NodeAgentActor.Name);
        _agent.Tell(Report(term: 2), other);
        await ExpectMsgAsync<PullSnapshot>();
        await _keys.ExpectMsgAsync<NodeReport>();

        other.Tell(Part(2, 5));
        Assert.Equal((2, 5), VersionOf(await _publisher.ExpectMsgAsync<HealthSnapshot>()));
        Assert.False(_test.Memory.Health.HasHeardMonitor);

        _monitor.Send(_agent, new HealthDigest(2, 5));
        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Health.HasHeardMonitor));
        _agent.Tell(Report(term: 3), other);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task What_this_node_decided_is_told_who_asks()
    {
        _test.Memory.Members.Events.Add("app/b1", "UP -> DOWN");

        _agent.Tell(new EventsRequest(), TestActor);

        Assert.Equal(["UP -> DOWN"], (await ExpectMsgAsync<EventsReport>()).Events.Select(entry => entry.Text));
    }

    private Task SilenceAsync() => AwaitConditionAsync(async () =>
    {
        _test.Time.Advance(TimeSpan.FromSeconds(1));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        return await _ownChecks.ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) is MonitorLost;
    }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));

    private static NodeReport Report(long term) => new("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0), term, 0, false, [], [], []);

    private static HealthSnapshotPart Part(long term, long sequence) =>
        new(term, sequence, 0, 1, [new VerdictEntry("app/b1", ActiveHealth.Up, 0, 0, null, "test")]);

    private static (long Term, long Sequence) VersionOf(HealthSnapshot snapshot) => (snapshot.Term, snapshot.Sequence);
}
