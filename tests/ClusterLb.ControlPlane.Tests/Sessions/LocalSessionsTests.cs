using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class LocalSessionsTests
{
    [Fact]
    public void A_session_that_the_hash_would_look_for_elsewhere_is_to_be_told_and_no_other()
    {
        var test = Memory(StickyBy.Header);
        var locals = Enumerable.Range(0, 90).Select(i => Local(i, test.Pool.Homes.Of(Bindings.Key(i), 0)!)).ToList();
        Assert.All(locals, local => Assert.Null(ToTell(test, local)));

        test.Pool.SetAdmin(test.Pool.Members[0], AdminState.Draining, "test", 1_000);

        Assert.All(locals, local => Assert.Equal(local.Backend == test.Pool.Members[0].Key ? local with { Version = 1 } : null,
            ToTell(test, local)));
        Assert.InRange(locals.Count(local => ToTell(test, local) is not null), 10, 60);
    }

    [Fact]
    public void So_is_one_whose_home_takes_sessions_again_that_it_had_none_of()
    {
        var test = Memory(StickyBy.Header);
        test.Pool.SetAdmin(test.Pool.Members[0], AdminState.Maintenance, "test", 1_000);
        test.Pool.Tick(1_000 + Homes.SettlingMilliseconds);
        var locals = Enumerable.Range(0, 90).Select(i => Local(i, test.Pool.Homes.Of(Bindings.Key(i), 0)!)).ToList();

        test.Pool.SetAdmin(test.Pool.Members[0], AdminState.Ready, "test", 5_000);

        Assert.InRange(locals.Count(local => ToTell(test, local) is { Version: 1 }), 10, 60);
    }

    [Fact]
    public void A_cookie_says_where_its_session_is_but_a_drain_is_to_count_it_everywhere()
    {
        var test = Memory(StickyBy.Cookie);
        var (b1, b2) = (test.Pool.Members[0], test.Pool.Members[1]);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Null(ToTell(test, Local(i, b1))));

        test.Pool.SetAdmin(b1, AdminState.Draining, "test", 1_000);

        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(Local(i, b1) with { Version = 1 }, ToTell(test, Local(i, b1))));
        Assert.All(Enumerable.Range(0, 20), i => Assert.Null(ToTell(test, Local(i, b2))));
    }

    [Fact]
    public void Of_a_backend_that_is_not_configured_there_is_nothing_to_tell() =>
        Assert.Null(ToTell(Memory(StickyBy.Header), Bindings.Of(1, backend: 99, version: 0)));

    internal static TestMemory Memory(StickyBy by) => new(Config(by));

    internal static PoolConfig Config(StickyBy by) =>
        TestMemory.PoolOf(3, Configs.Pool.Health) with { Sticky = Configs.Sticky with { By = by, Name = "X-User" } };

    internal static Binding Local(int session, Backend backend) => Bindings.Of(session, backend.Key, version: 0);

    private static Binding? ToTell(TestMemory test, in Binding local) =>
        LocalSessions.ToTell(local, test.Memory.Tables.Current, now: 1_000);
}
