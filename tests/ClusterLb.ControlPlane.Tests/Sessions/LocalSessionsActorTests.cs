using Akka.Actor;
using Akka.TestKit.Xunit2;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class LocalSessionsActorTests : TestKit
{
    private readonly TestMemory _test = LocalSessionsTests.Memory(StickyBy.Header);
    private readonly List<BindingNote> _told = [];

    private Backend B1 => _test.Pool.Members[0];

    [Fact]
    public async Task What_a_drain_would_make_others_look_for_elsewhere_is_told_once()
    {
        var atHome = Meet(0, 300).Where(binding => binding.Backend == B1.Key).ToHashSet();
        _test.Memory.Bindings.Put(Bindings.Of(1_000, B1.Key, version: 3), 0);
        Sys.ActorOf(Props.Create(() => new LocalSessionsActor(_test.Memory)));

        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", _test.Memory.NowMilliseconds);

        await AwaitAssertAsync(() => Assert.Equal(atHome, Told().Select(note => note.Binding with { Version = 0 }).ToHashSet()));
        Assert.All(_told, note => Assert.Equal((1u, false), (note.Binding.Version, note.IsStored)));
        Assert.Equal(atHome.Count, _told.Count);
    }

    [Fact]
    public async Task More_than_may_wait_at_a_time_is_told_all_the_same()
    {
        var atHome = Meet(0, 3 * BindingNotes.Capacity).Count(binding => binding.Backend == B1.Key);
        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", _test.Memory.NowMilliseconds);

        Sys.ActorOf(Props.Create(() => new LocalSessionsActor(_test.Memory)));

        await AwaitConditionAsync(() => Task.FromResult(Told().Count == atHome), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, _test.Memory.Notes.Dropped);
    }

    private List<Binding> Meet(int start, int count)
    {
        var met = Enumerable.Range(start, count).Select(i => LocalSessionsTests.Local(i, _test.Pool.Homes.Of(Bindings.Key(i), 0)!)).ToList();
        foreach (var binding in met) _test.Memory.Bindings.Put(binding, 0);
        return met;
    }

    private List<BindingNote> Told()
    {
        _test.Memory.Notes.Take(_told);
        return _told;
    }
}
