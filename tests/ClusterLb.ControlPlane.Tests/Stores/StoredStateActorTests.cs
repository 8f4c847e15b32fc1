using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Stores;

public sealed class StoredStateActorTests : PatientTestKit
{
    private static readonly AdminIntent s_intent = new("app/b1", AdminState.Maintenance, null, 0, 1_000, 638_000, "lb1");

    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly FakeDocumentStore _store = new();
    private bool _isOldest = true;

    public StoredStateActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"") =>
        _test.Memory.Store.IsRead = false;

    [Fact]
    public async Task What_the_store_remembers_is_told_at_the_start_and_the_node_is_ready_then()
    {
        _store.Content["admin"] = AdminDocument.Write([s_intent]);
        _store.Content["monitor-term"] = TermDocument.Write(700);
        await StartAsync();

        Assert.Equal([s_intent], (await NextAsync()).Intents);
        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Store.IsRead));
        Assert.Equal(700, _test.Memory.Health.StoredTerm);
    }

    [Fact]
    public async Task The_oldest_writes_what_changes_and_nothing_twice()
    {
        _test.Memory.Admin.Intents["app/b1"] = s_intent;
        _test.Memory.Health.LastSnapshot = HealthSnapshot.None with { Term = 900 };
        await StartAsync();
        await PassUntilAsync(() => _store.Writes == 3);

        Assert.Equal([s_intent], AdminDocument.Read(_store.Content["admin"]));
        Assert.Equal(900, TermDocument.Read(_store.Content["monitor-term"]));

        _test.Memory.Admin.Intents["app/b1"] = s_intent with { Version = 638_001, State = AdminState.Ready };
        await PassUntilAsync(() => _store.Writes == 4);
        Assert.Equal(638_001, AdminDocument.Read(_store.Content["admin"])[0].Version);
    }

    [Fact]
    public async Task A_term_from_before_is_never_written_over_with_a_lower_one()
    {
        _store.Content["monitor-term"] = TermDocument.Write(700);
        await StartAsync();
        await PassUntilAsync(() => _store.Content.ContainsKey("ring"));

        Assert.Equal(700, TermDocument.Read(_store.Content["monitor-term"]));
    }

    [Fact]
    public async Task What_is_kept_and_not_known_here_yet_is_not_lost_by_writing()
    {
        var other = s_intent with { Backend = "app/b2" };
        _store.Content["admin"] = AdminDocument.Write([other]);
        _test.Memory.Admin.Intents["app/b1"] = s_intent;
        await StartAsync();
        await PassUntilAsync(() => AdminDocument.Read(_store.Content["admin"]).Count == 2);

        Assert.Equal([s_intent, other], AdminDocument.Read(_store.Content["admin"]));
    }

    [Fact]
    public async Task What_is_empty_is_there_all_the_same_and_written_once()
    {
        await StartAsync();
        await PassUntilAsync(() => _store.Content.Count == 3);
        for (var i = 0; i < 3; i++) Pass();

        Assert.Empty(_store.Content["admin"]);
        Assert.Equal(3, _store.Writes);
    }

    [Fact]
    public async Task Who_is_not_the_oldest_only_reads()
    {
        _isOldest = false;
        _test.Memory.Admin.Intents["app/b1"] = s_intent;
        await StartAsync();
        await NextAsync();
        Pass();
        Pass();
        Assert.Equal(0, _store.Writes);

        _isOldest = true;
        await PassUntilAsync(() => _store.Writes == 3);
    }

    [Fact]
    public async Task A_store_that_comes_back_empty_is_filled_again()
    {
        _test.Memory.Admin.Intents["app/b1"] = s_intent;
        await StartAsync();
        await PassUntilAsync(() => _store.Writes == 3);

        _store.Content.Clear();
        Sys.EventStream.Publish(new StoreReturned());
        await PassUntilAsync(() => _store.Content.Count == 3);

        Assert.Equal([s_intent], AdminDocument.Read(_store.Content["admin"]));
    }

    [Fact]
    public async Task A_store_that_is_away_keeps_nobody_from_getting_ready_and_is_not_written_over_unread()
    {
        _store.IsAway = true;
        _store.Content["admin"] = AdminDocument.Write([s_intent]);
        await StartAsync();
        await PassUntilAsync(() => _test.Memory.Store.IsRead);
        Assert.Equal(0, _store.Writes);

        _store.IsAway = false;
        await PassUntilAsync(() => _store.Writes > 0);
        Assert.Equal([s_intent], (await NextAsync()).Intents);
    }

    /// <summary>With its timers set: one that is set while the clock is advanced can be lost.</summary>
    private async Task StartAsync()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StoredStateActor(
            _test.Memory.Store, _store, _test.Memory.Documents(TestActor, ActorRefs.Nobody), () => _isOldest)));
        await actor.Ask<ActorIdentity>(new Identify(null));
    }

    private void Pass() => ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));

    private Task PassUntilAsync(Func<bool> condition) => AwaitConditionAsync(
        () =>
        {
            Pass();
            return Task.FromResult(condition());
        },
        TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));

    private async Task<AdminStateTold> NextAsync()
    {
        AdminStateTold? told = null;
        await AwaitConditionAsync(
            async () =>
            {
                Pass();
                told = await ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) as AdminStateTold;
                return told is not null;
            },
            TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));
        return told!;
    }
}
