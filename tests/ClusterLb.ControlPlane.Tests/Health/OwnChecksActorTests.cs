using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class OwnChecksActorTests : PatientTestKit
{
    private static readonly HealthConfig s_health = Configs.Pool.Health with
    {
        Probe = Configs.TcpProbe,
        Interval = TimeSpan.FromSeconds(5),
        FastInterval = TimeSpan.FromSeconds(1)
    };

    private readonly TestMemory _test = new(TestMemory.PoolOf(2, s_health),
        TestMemory.PoolOf(2, s_health with { Probe = null }) with { Name = "unchecked" });
    private readonly FakeCheck _check = new();
    private readonly IActorRef _checks;

    public OwnChecksActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _test.Memory.Health.LastSnapshot = Snapshot(ActiveHealth.Up);
        _checks = Start();
    }

    [Fact]
    public async Task What_fails_here_while_the_cluster_holds_it_for_well_is_done_without_until_it_passes()
    {
        _check.Result = new CheckResult(false, "connect timed out");
        _checks.Tell(new Suspect("app/b1"));
        var excluded = await NextAsync<PathChanged>();
        Assert.Equal(new PathChanged("app/b1", false, "test alone cannot reach it: connect timed out"), excluded);
        Assert.Equal(["app/b1"], _test.Memory.Health.Unreachable.Keys);

        _check.Result = new CheckResult(true, "connected");

        Assert.True((await NextAsync<PathChanged>()).IsReachable);
        Assert.Empty(_test.Memory.Health.Unreachable);
        Assert.Equal(["app/b1"], _check.Asked.Distinct());
    }

    [Fact]
    public async Task What_the_cluster_holds_for_down_is_left_to_the_monitor()
    {
        _test.Memory.Health.LastSnapshot = Snapshot(ActiveHealth.Down);
        _checks.Tell(new Suspect("app/b1"));
        _checks.Tell(new MonitorLost());
        await NextAsync<HealthSnapshot>();

        Assert.Equal("app/b1", _check.Asked.First());
    }

    [Fact]
    public async Task Without_a_monitor_everything_is_checked_from_the_last_word_on()
    {
        _check.Result = new CheckResult(false, "connect refused");
        _checks.Tell(new MonitorLost());

        var word = await NextAsync<HealthSnapshot>();
        while (word.Verdicts["app/b1"].State.Health != ActiveHealth.Down) word = await NextAsync<HealthSnapshot>();

        Assert.Equal("check failed: connect refused (no monitor; checked by test alone) x3", word.Verdicts["app/b1"].Reason);
        Assert.Equal(ActiveHealth.Up, _test.Memory.Health.LastSnapshot.Verdicts["app/b1"].State.Health);
    }

    [Fact]
    public async Task Who_checks_instead_of_the_monitor_answers_for_it()
    {
        _test.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(1), _test.Memory.Health.Unwatched);

        _checks.Tell(new MonitorLost());

        await AwaitAssertAsync(() => Assert.Equal(TimeSpan.Zero, _test.Memory.Health.Unwatched));
    }

    [Fact]
    public async Task When_the_monitor_is_heard_again_checking_ends()
    {
        _checks.Tell(new MonitorLost());
        await AwaitAssertAsync(() =>
        {
            Advance();
            Assert.NotEmpty(_check.Asked);
        });
        _checks.Tell(new MonitorHeard());
        _checks.Tell(new Suspect("app/b2"));
        await AwaitAssertAsync(() =>
        {
            Advance();
            Assert.Equal("app/b2", _check.Asked.Last());
        });

        var asked = _check.Asked.Count;
        for (var i = 0; i < 500; i++) Advance();
        Assert.InRange(_check.Asked.Count, asked, asked + 1);
    }

    [Fact]
    public async Task An_actor_that_begins_while_no_monitor_is_heard_goes_on_alone()
    {
        _test.Memory.Health.IsStale = true;
        _check.Result = new CheckResult(false, "connect refused");
        Start();

        Assert.Contains("no monitor; checked by test alone", (await NextAsync<HealthSnapshot>()).Verdicts["app/b1"].Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_monitors_word_is_in_force_again_after_whatever_was_said_alone()
    {
        _check.Result = new CheckResult(false, "connect refused");
        _checks.Tell(new MonitorLost());
        Assert.NotSame(_test.Memory.Health.LastSnapshot, await NextAsync<HealthSnapshot>());

        _checks.Tell(new MonitorHeard());
        var word = await NextAsync<HealthSnapshot>();
        while (!ReferenceEquals(word, _test.Memory.Health.LastSnapshot)) word = await NextAsync<HealthSnapshot>();

        // Checks that were under way are followed for this node's own path, and say nothing for it to go by.
        _checks.Tell(new Suspect("app/b1"));
        Assert.IsType<PathChanged>(await NextAsync<object>());
    }

    [Fact]
    public async Task Pools_without_checks_are_not_checked_here_either()
    {
        _checks.Tell(new Suspect("unchecked/b1"));
        _checks.Tell(new Suspect("app/b2"));
        await AwaitAssertAsync(() =>
        {
            Advance();
            Assert.NotEmpty(_check.Asked);
        });
        _checks.Tell(new MonitorLost());
        await AwaitAssertAsync(() =>
        {
            Advance();
            Assert.True(_check.Asked.Count(backend => backend == "app/b1") > 1);
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));

        Assert.DoesNotContain(_check.Asked, backend => backend.StartsWith("unchecked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_configured_any_more_is_neither_excluded_nor_counted()
    {
        _check.Result = new CheckResult(false, "connect timed out");
        _checks.Tell(new Suspect("app/b1"));
        await NextAsync<PathChanged>();
        _test.Memory.Health.Probes.Add("app/b1", passed: true);

        var pool = TestMemory.PoolOf(1, Configs.Pool.Health);
        Sys.EventStream.Publish(_test.Apply(pool with { Backends = [pool.Backends[0] with { Name = "c1" }] }));

        await AwaitAssertAsync(() => Assert.Empty(_test.Memory.Health.Unreachable));
        await AwaitAssertAsync(() => Assert.Empty(_test.Memory.Health.Probes.ByBackend));
    }

    [Fact]
    public async Task A_server_that_is_another_one_for_the_monitor_is_checked_here()
    {
        UseNames();
        _check.Result = new CheckResult(true, "connected");
        Hear("app/b1", "10.0.0.9:80", ActiveHealth.Down);

        var own = await NextAsync<OwnVerdict>();
        while (own.Verdict.State.Health != ActiveHealth.Up) own = await NextAsync<OwnVerdict>();
        Assert.Equal(("app/b1", "127.0.0.1:1"), (own.Backend, own.Verdict.Address));
        Assert.Equal("check passed: connected (127.0.0.1:1, checked by test alone)", own.Verdict.Reason);
        Assert.DoesNotContain("app/b2", _check.Asked);

        _check.Result = new CheckResult(false, "connect refused");
        while (own.Verdict.State.Health != ActiveHealth.Down) own = await NextAsync<OwnVerdict>();
        await AwaitAssertAsync(() =>
        {
            Advance();
            Assert.Equal("warning: nodes find different servers under this name: test 127.0.0.1:1, the monitor's node 10.0.0.9:80; "
                + "test checks its own", Assert.Single(_test.Memory.Members.Events.Read()).Text);
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Once_the_monitor_finds_the_same_server_checking_it_here_ends_and_says_so()
    {
        UseNames();
        Hear("app/b1", "10.0.0.9:80", ActiveHealth.Up);
        await AwaitAssertAsync(() =>
        {
            Advance();
            Assert.NotEmpty(_test.Memory.Members.Events.Read());
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));

        Hear("app/b1", "127.0.0.1:1", ActiveHealth.Up);

        await AwaitAssertAsync(() => Assert.Equal("test and the monitor's node find one server under this name again",
            _test.Memory.Members.Events.Read()[^1].Text));
        Assert.Empty(_test.Memory.Health.Servers.Others);
        var asked = _check.Asked.Count;
        for (var i = 0; i < 500; i++) Advance();
        Assert.InRange(_check.Asked.Count, asked, asked + 1);
    }

    [Fact]
    public async Task A_name_that_differs_for_a_moment_is_no_news()
    {
        UseNames();
        Hear("app/b1", "10.0.0.9:80", ActiveHealth.Up);
        await NextAsync<OwnVerdict>();
        Hear("app/b1", "127.0.0.1:1", ActiveHealth.Up);

        await AwaitAssertAsync(() => Assert.Empty(_test.Memory.Health.Servers.Others));
        Assert.Empty(_test.Memory.Members.Events.Read());
    }

    /// <summary>Backends given by name, at the same addresses as before.</summary>
    private void UseNames()
    {
        var pool = TestMemory.PoolOf(2, s_health);
        _test.Apply(pool with
        {
            Backends = pool.Backends.Select(backend =>
                backend with { Host = "app.example.org", Address = $"{backend.Name}.example.org:80" })
                .ToEquatableList(),
        });
    }

    private void Hear(string backend, string server, ActiveHealth health)
    {
        var last = _test.Memory.Health.LastSnapshot;
        var verdict = new BackendVerdict(new CheckState(health, 0, 0), null, "test") { Address = server };
        _test.Memory.Health.LastSnapshot = last with { Sequence = last.Sequence + 1, Verdicts = last.Verdicts.SetItem(backend, verdict) };
        _checks.Tell(new VerdictsHeard());
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create(() => new OwnChecksActor(_test.Memory.HealthDependencies(_check), TestActor,
        _test.Memory.Members.Events)));

    private async Task<T> NextAsync<T>() where T : class
    {
        T? next = null;
        await AwaitConditionAsync(async () =>
        {
            Advance();
            next = await ReceiveOneAsync(TimeSpan.FromMilliseconds(10)) as T;
            return next is not null;
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
        return next!;
    }

    private void Advance()
    {
        _test.Time.Advance(TimeSpan.FromMilliseconds(50));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(50));
    }

    private static HealthSnapshot Snapshot(ActiveHealth health) => new(1, 1, ImmutableDictionary<string, BackendVerdict>.Empty
        .Add("app/b1", new BackendVerdict(new CheckState(health, 0, 0), null, "test"))
            .Add("app/b2", new BackendVerdict(new CheckState(health, 0, 0), null, "test")));
}
