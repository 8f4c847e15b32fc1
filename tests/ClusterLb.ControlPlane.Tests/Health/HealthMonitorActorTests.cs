using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class HealthMonitorActorTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly HealthConfig s_health = Configs.Pool.Health with { Type = ProbeType.Tcp, Interval = TimeSpan.FromSeconds(5), FastInterval = TimeSpan.FromSeconds(1) };

    private readonly FakeProber _prober = new();

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Verdicts_are_published_whole_whenever_one_changes()
    {
        var test = new TestMemory(TestMemory.PoolOf(2, s_health));
        Start(test);
        Assert.Empty((await ExpectMsgAsync<HealthSnapshot>()).Verdicts);

        var first = await NextSnapshotAsync(test);
        var both = await NextSnapshotAsync(test);

        Assert.Equal(["app/b1"], first.Verdicts.Keys);
        Assert.Equal(["app/b1", "app/b2"], both.Verdicts.Keys.Order());
        Assert.Same(both, test.Memory.LastSnapshot);
    }

    [Fact]
    public async Task Failures_in_a_row_become_DOWN_and_the_word_survives_the_actor()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        _prober.Result = new CheckResult(false, "connect refused");
        var monitor = Start(test);
        await ExpectMsgAsync<HealthSnapshot>();
        for (var i = 0; i < 3; i++) await NextSnapshotAsync(test);

        Assert.Equal(ActiveHealth.Down, test.Memory.LastSnapshot.Verdicts["app/b1"].State.Health);
        var before = test.Memory.LastSnapshot;
        Watch(monitor);
        Sys.Stop(monitor);
        await ExpectTerminatedAsync(monitor);
        Start(test, "next");
        var resumed = await ExpectMsgAsync<HealthSnapshot>();
        Assert.True(resumed.IsNewerThan(before));
        Assert.Equal(ActiveHealth.Down, resumed.Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task Two_checks_of_one_backend_never_overlap()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        _prober.Pending = new TaskCompletionSource<CheckResult?>();
        Start(test);
        await ExpectMsgAsync<HealthSnapshot>();

        await AwaitAssertAsync(() => Assert.Single(_prober.Asked));
        Advance(test, TimeSpan.FromMinutes(1));
        _prober.Pending.SetResult(new CheckResult(true, "connected"));
        await NextSnapshotAsync(test);

        Assert.Single(_prober.Asked);
    }

    [Fact]
    public async Task A_backend_that_fails_real_traffic_is_asked_at_once_and_once()
    {
        var test = new TestMemory(TestMemory.PoolOf(1, s_health));
        Start(test);
        await ExpectMsgAsync<HealthSnapshot>();
        await NextSnapshotAsync(test);
        _prober.Result = new CheckResult(false, "connect refused");

        test.Time.Advance(TimeSpan.FromMilliseconds(200));
        for (var i = 0; i < 100; i++) test.Memory.Reports.Report(test.Pool.Members[0], new Outcome(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always));
        var snapshot = await ExpectMsgAsync<HealthSnapshot>();

        Assert.Equal(ActiveHealth.GoingDown, snapshot.Verdicts["app/b1"].State.Health);
        Assert.Equal(2, _prober.Asked.Count);
        Assert.Equal(1, test.Memory.Probes.ByBackend["app/b1"].Passed);
    }

    [Fact]
    public async Task A_backend_in_maintenance_is_not_asked()
    {
        var test = new TestMemory(TestMemory.PoolOf(2, s_health));
        test.Pool.SetAdmin(test.Pool.Members[0], AdminState.Maintenance, "test", 0);
        Start(test);
        await ExpectMsgAsync<HealthSnapshot>();

        await NextSnapshotAsync(test);

        Assert.Equal(["app/b2"], _prober.Asked);
    }

    [Fact]
    public async Task What_is_due_within_a_moment_is_started_in_one_turn()
    {
        var test = new TestMemory(TestMemory.PoolOf(100, s_health));
        Start(test);
        await ExpectMsgAsync<HealthSnapshot>();

        var published = 0;
        for (var known = 0; known < 100; published++) known = (await NextSnapshotAsync(test)).Verdicts.Count;

        // A hundred first checks within a second, in turns of at least 50 ms.
        Assert.InRange(published, 2, 21);
        Assert.Equal(100, _prober.Asked.Distinct().Count());
    }

    /// <summary>Turns until the monitor says something new.</summary>
    private async Task<HealthSnapshot> NextSnapshotAsync(TestMemory test)
    {
        HealthSnapshot? snapshot = null;
        await AwaitConditionAsync(async () =>
        {
            Advance(test, TimeSpan.FromMilliseconds(50));
            snapshot = await ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) as HealthSnapshot;
            return snapshot is not null;
        }, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(1));
        return snapshot!;
    }

    private void Advance(TestMemory test, TimeSpan time)
    {
        test.Time.Advance(time);
        Clock.Advance(time);
    }

    private IActorRef Start(TestMemory test, string name = "monitor") => Sys.ActorOf(Props.Create(() => new HealthMonitorActor(test.Memory, _prober, TestActor)), name);

    private sealed class FakeProber : IProber
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public CheckResult? Result { get; set; } = new(true, "connected");

        public TaskCompletionSource<CheckResult?>? Pending { get; set; }

        public Task<CheckResult?> ProbeAsync(Backend backend, HealthConfig config, CancellationToken stopping)
        {
            Asked.Enqueue(backend.Id);
            return Pending?.Task ?? Task.FromResult(Result);
        }
    }
}
