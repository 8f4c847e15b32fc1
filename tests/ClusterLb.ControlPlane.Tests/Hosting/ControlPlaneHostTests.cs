using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterLb.ControlPlane.Tests.Hosting;

public sealed class ControlPlaneHostTests : IAsyncLifetime
{
    private static readonly HealthConfig s_health = Configs.Pool.Health with
    {
        Probe = TestProbes.Http,
        Interval = TimeSpan.FromMilliseconds(100),
        FastInterval = TimeSpan.FromMilliseconds(50),
        Timeout = TimeSpan.FromSeconds(1),
    };

    private readonly TestDataPlane _dataPlane = TestDataPlane.Start(Configs.Listener, Configs.Pool);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _dataPlane.DisposeAsync();

    [Fact]
    public async Task A_backend_that_dies_is_marked_and_the_mark_survives_the_ActorSystem()
    {
        await using var one = RawBackend.Start();
        await using var two = RawBackend.Start();
        var test = new TestMemory(TimeProvider.System, Configs.PoolOf(one.EndPoint, two.EndPoint) with { Health = s_health });
        await using var host = Host(test);
        host.Start();
        await Eventually.Is(() => test.Pool.Members.All(backend => backend.Effective == EffectiveState.Up));

        one.Kill();
        await Eventually.Is(() => test.Pool.Members[0].Effective == EffectiveState.Down);
        await host.TerminateAsync();
        await Eventually.Is(() => host.Restarts == 1 && host.IsRunning);

        Assert.Equal(EffectiveState.Down, test.Pool.Members[0].Effective);
        Assert.Equal(EffectiveState.Up, test.Pool.Members[1].Effective);
    }

    [Fact]
    public async Task Tables_change_while_the_ActorSystem_is_away_and_the_next_one_goes_by_the_last()
    {
        await using var one = RawBackend.Start();
        await using var two = RawBackend.Start();
        var test = new TestMemory(TimeProvider.System, Configs.PoolOf(one.EndPoint) with { Health = s_health });
        await using var host = Host(test);
        host.Start();
        await Eventually.Is(() => test.Pool.Members[0].Effective == EffectiveState.Up);
        await host.TerminateAsync();

        Assert.True(test.Pool.Members[0].TryLease(out var lease));
        test.Apply(Configs.PoolOf(two.EndPoint, one.EndPoint) with { Health = s_health });
        Assert.Equal(EffectiveState.Unknown, test.Pool.Members[0].Effective);

        await Eventually.Is(() => test.Pool.Members.All(backend => backend.Effective == EffectiveState.Up));
        Assert.Equal(1, host.Restarts);
        Assert.Single(test.Memory.Admin.Leaving);
        lease.Return();
        await Eventually.Is(() => test.Memory.Admin.Leaving.IsEmpty);
    }

    [Fact]
    public async Task A_drain_of_an_empty_backend_is_done_after_a_round()
    {
        var test = new TestMemory(TimeProvider.System, TestMemory.PoolOf(2, s_health with { Probe = null }));
        await using var host = Host(test);
        host.Start();
        await Eventually.Is(() => host.IsRunning);

        await Eventually.Is(() => host.Commands.Read().Refusal.Length == 0);

        var answer = await host.Commands.AskAsync(new DrainBackend("app/b1", TimeSpan.FromSeconds(30)), TimeSpan.FromSeconds(30));

        Assert.Equal(("", AdminState.Draining), (answer.Refusal, answer.Intent!.State));
        await Eventually.Is(() => test.Pool.Members[0].Effective == EffectiveState.Drained);
    }

    [Fact]
    public async Task An_unknown_backend_is_refused_by_name()
    {
        var test = new TestMemory(TimeProvider.System, TestMemory.PoolOf(1, s_health with { Probe = null }));
        await using var host = Host(test);
        host.Start();
        await Eventually.Is(() => host.IsRunning);

        var answer = await host.Commands.AskAsync(new ReadyBackend("app/nobody"), TimeSpan.FromSeconds(30));

        Assert.Equal("\"app/nobody\" is no backend", answer.Refusal);
    }

    [Fact]
    public async Task A_host_that_is_stopped_while_it_starts_stops()
    {
        var test = new TestMemory(TimeProvider.System, TestMemory.PoolOf(1, s_health));
        var host = Host(test);
        host.Start();

        await host.DisposeAsync();

        Assert.False(host.IsRunning);
    }

    [Fact]
    public async Task A_host_that_is_stopped_as_soon_as_it_runs_waits_for_no_shard()
    {
        var log = new LogOfLines();
        var test = new TestMemory(TimeProvider.System, TestMemory.PoolOf(1, s_health with { Probe = null }));
        var host = Host(test, new OneLogger(log));
        host.Start();
        await Eventually.Is(() => host.Commands.Read().Refusal.Length == 0);

        await host.DisposeAsync();

        Assert.DoesNotContain(log.Lines, line => line.Contains("shard", StringComparison.OrdinalIgnoreCase));
    }

    private ControlPlaneHost Host(TestMemory test) => Host(test, NullLoggerFactory.Instance);

    private ControlPlaneHost Host(TestMemory test, ILoggerFactory logging) =>
        new(test.Memory, new ControlPlanePorts(_dataPlane.Probes, new FakeCutter(), new TestNode(), new NoSeeds(),
            new SessionDirectory(test.Memory.SessionDependencies(null)), test.Owner, test.Discovery), new RunningSystem(), logging,
            TimeProvider.System);

    private sealed class NoSeeds : ISeedResolver
    {
        public Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds) =>
            Task.FromResult<IReadOnlyList<NodeAddress>>([]);
    }
}
