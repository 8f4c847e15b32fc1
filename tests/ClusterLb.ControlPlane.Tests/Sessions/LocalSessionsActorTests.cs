using Akka.Actor;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class LocalSessionsActorTests : PatientTestKit
{
    private readonly TestMemory _test = LocalSessionsTests.Memory(StickyBy.Header);
    private readonly List<BindingNote> _told = [];

    private Backend B1 => _test.Pool.Members[0];

    [Fact]
    public async Task What_a_drain_would_make_others_look_for_elsewhere_is_told_once()
    {
        var atHome = Meet(0, 300).Where(binding => binding.Backend == B1.Key).ToHashSet();
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(1_000, B1.Key, version: 3), 0);
        Sys.ActorOf(Props.Create(() => new LocalSessionsActor(_test.Memory.SessionDependencies(null))));

        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", _test.Memory.Clock.NowMilliseconds);

        await AwaitAssertAsync(() => Assert.Equal(atHome, Told().Select(note => note.Binding with { Version = 0 }).ToHashSet()));
        Assert.All(_told, note => Assert.Equal((1u, false), (note.Binding.Version, note.IsStored)));
        Assert.Equal(atHome.Count, _told.Count);
    }

    [Fact]
    public async Task More_than_may_wait_at_a_time_is_told_all_the_same()
    {
        var atHome = Meet(0, 3 * BindingNotes.Capacity).Count(binding => binding.Backend == B1.Key);
        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", _test.Memory.Clock.NowMilliseconds);

        Sys.ActorOf(Props.Create(() => new LocalSessionsActor(_test.Memory.SessionDependencies(null))));

        await AwaitConditionAsync(() => Task.FromResult(Told().Count == atHome), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, _test.Memory.Sessions.Notes.Dropped);
    }

    [Fact]
    public async Task A_part_of_more_sessions_than_may_wait_leaves_half_of_the_place_to_others_and_goes_on_when_there_is_some_again()
    {
        const int Count = 2 * BindingNotes.Capacity;
        var test = new TestMemory(null, config => config with { Sticky = config.Sticky with { Capacity = 20_000_000 } },
            LocalSessionsTests.Config(StickyBy.Cookie));
        var (b1, notes, told) = (test.Pool.Members[0], test.Memory.Sessions.Notes, new List<BindingNote>());
        for (var i = 0; i < Count; i++)
            test.Memory.Sessions.Bindings.Put(LocalSessionsTests.Local(i, b1) with { Session = InOnePart(i) }, 0);
        var met = Enumerable.Range(0, BindingTable.Parts).Sum(part => test.Memory.Sessions.Bindings.Read(part).Count);
        Assert.True(met > BindingNotes.Capacity, $"{met}");
        test.Pool.SetAdmin(b1, AdminState.Draining, "test", test.Memory.Clock.NowMilliseconds);

        Sys.ActorOf(Props.Create(() => new LocalSessionsActor(test.Memory.SessionDependencies(null))));

        await AwaitConditionAsync(
            () =>
            {
                Assert.InRange(notes.Waiting, 0, BindingNotes.Capacity / 2);
                if (notes.Waiting == BindingNotes.Capacity / 2 || told.Count + notes.Waiting == met) notes.Take(told);
                return Task.FromResult(told.Count == met);
            }, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(5));
        Assert.Equal(0, notes.Dropped);
        Assert.Equal(met, told.Select(note => note.Binding.Session).Distinct().Count());

        // The highest bits say which part, the others are spread.
        static SessionKey InOnePart(int i) => new(Bindings.Key(i).Value >> 6 | 5UL << 58);
    }

    private List<Binding> Meet(int start, int count)
    {
        var met = Enumerable.Range(start, count).Select(i => LocalSessionsTests.Local(i, _test.Pool.Homes.Of(Bindings.Key(i), 0)!))
            .ToList();
        foreach (var binding in met) _test.Memory.Sessions.Bindings.Put(binding, 0);
        return met;
    }

    private List<BindingNote> Told()
    {
        _test.Memory.Sessions.Notes.Take(_told);
        return _told;
    }
}
