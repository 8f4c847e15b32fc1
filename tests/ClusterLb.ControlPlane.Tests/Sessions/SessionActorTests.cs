using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionActorTests : PatientTestKit
{
    private static readonly SessionKey s_session = new(0xABCD);

    private readonly TestMemory _test = new(TestMemory.PoolOf(3, Configs.Pool.Health with { Probe = Configs.TcpProbe }));
    private readonly FakeBindingStore _store = new();
    private readonly TestProbe _exchange;
    private readonly uint _later;

    public SessionActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _exchange = CreateTestProbe();
        _later = _test.Memory.Clock.UtcSeconds + 100;
        foreach (var backend in _test.Pool.Members) _test.Pool.SetActive(backend, ActiveHealth.Up, "test", 0);
    }

    private ulong B1 => _test.Pool.Members[0].Key;

    private ulong B2 => _test.Pool.Members[1].Key;

    [Fact]
    public async Task What_is_claimed_is_known_to_all_before_it_is_the_answer_and_answers_later_claims()
    {
        var session = Start();
        session.Tell(new ClaimSession(s_session, B1, _later), TestActor);
        Assert.Equal(Of(B1, 1), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);
        session.Tell(new ClaimSession(s_session, B2, _later), TestActor);
        Assert.False(HasMessages);
        _exchange.Reply(new BindingAnnounced(Of(B1, 1)));

        Assert.Equal(Of(B1, 1), (await ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(Of(B1, 1), (await ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(Of(B1, 1), await AskAsync(session, new FindSession(s_session)));
        await _exchange.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task It_goes_when_it_has_answered_and_answers_what_came_before_it_goes()
    {
        var shard = CreateTestProbe();
        var session = shard.ChildActorOf(SessionActor.Props(_test.Memory.SessionDependencies(null), _exchange.Ref));
        Watch(session);
        session.Tell(new ClaimSession(s_session, B1, _later), TestActor);
        var news = await _exchange.ExpectMsgAsync<AnnounceBinding>();
        session.Tell(new FindSession(s_session), TestActor);
        Assert.False(shard.HasMessages);

        _exchange.Reply(new BindingAnnounced(news.Binding));
        var leave = (await shard.ExpectMsgAsync<Passivate>()).StopMessage;
        session.Tell(leave, shard.Ref);

        Assert.Equal(news.Binding, (await ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(news.Binding, (await ExpectMsgAsync<SessionBound>()).Binding);
        await ExpectTerminatedAsync(session);
        Assert.False(shard.HasMessages);
    }

    [Fact]
    public async Task One_that_is_to_go_while_it_makes_something_known_answers_first()
    {
        var shard = CreateTestProbe();
        var session = shard.ChildActorOf(SessionActor.Props(_test.Memory.SessionDependencies(null), _exchange.Ref));
        Watch(session);
        session.Tell(new FindSession(s_session), TestActor);
        Assert.Null((await ExpectMsgAsync<SessionBound>()).Binding);
        var leave = (await shard.ExpectMsgAsync<Passivate>()).StopMessage;
        session.Tell(MoveFrom(B1, 1), TestActor);
        session.Tell(leave, shard.Ref);
        var news = await _exchange.ExpectMsgAsync<AnnounceBinding>();

        _exchange.Reply(new BindingAnnounced(news.Binding));

        Assert.Equal(news.Binding, (await ExpectMsgAsync<SessionBound>()).Binding);
        await ExpectTerminatedAsync(session);
    }

    [Fact]
    public async Task What_an_operator_knows_of_a_session_is_evicted_though_its_actors_node_has_never_met_it()
    {
        var session = Start();
        session.Tell(new EvictSession(s_session, Of(B1, 0)), TestActor);

        Assert.Equal(Of(0, 2), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);
    }

    [Fact]
    public async Task A_later_claim_makes_a_session_live_longer_on_this_node()
    {
        var session = Start();
        await ClaimAsync(session, B1);

        var longer = Of(B1, 1) with { ExpiresAt = _later + 50 };
        Assert.Equal(longer, await AskAsync(session, new ClaimSession(s_session, B2, longer.ExpiresAt)));

        Assert.True(_test.Memory.Sessions.Bindings.TryGet(s_session, 0, out var known));
        Assert.Equal(longer, known);
    }

    [Fact]
    public async Task A_new_actor_goes_on_from_its_nodes_table()
    {
        _test.Memory.Sessions.Bindings.Put(Of(B2, 4), 0);

        Assert.Equal(Of(B2, 4), await AskAsync(Start(), new ClaimSession(s_session, B1, _later)));
    }

    [Fact]
    public async Task A_move_is_answered_when_everybody_knows_of_it_and_so_are_those_that_ask_meanwhile()
    {
        var session = Start();
        await ClaimAsync(session, B1);

        var (one, two, three) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        session.Tell(MoveFrom(B1, 1), one.Ref);
        var news = await _exchange.ExpectMsgAsync<AnnounceBinding>();
        session.Tell(MoveFrom(B1, 1), two.Ref);
        session.Tell(new ClaimSession(s_session, B1, _later), three.Ref);
        Assert.False(one.HasMessages || two.HasMessages || three.HasMessages);
        _exchange.Reply(new BindingAnnounced(news.Binding));

        Assert.Equal((2u, true), (news.Binding.Version, news.Binding.Backend != B1));
        Assert.Equal(news.Binding, (await one.ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(news.Binding, (await two.ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(news.Binding, (await three.ExpectMsgAsync<SessionBound>()).Binding);
        await _exchange.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task An_exchange_that_never_answers_is_not_waited_for()
    {
        var session = Start();
        session.Tell(MoveFrom(B1, 1), TestActor);
        session.Tell(MoveFrom(B1, 1), TestActor);
        await _exchange.ExpectMsgAsync<AnnounceBinding>();

        GiveUp();

        Assert.Equal(2u, (await ExpectMsgAsync<SessionBound>()).Binding!.Value.Version);
        Assert.Equal(2u, (await ExpectMsgAsync<SessionBound>()).Binding!.Value.Version);
    }

    [Fact]
    public async Task One_that_is_to_go_while_an_exchange_never_answers_goes_all_the_same()
    {
        var shard = CreateTestProbe();
        var session = shard.ChildActorOf(SessionActor.Props(_test.Memory.SessionDependencies(null), _exchange.Ref));
        Watch(session);
        session.Tell(new FindSession(s_session), TestActor);
        await ExpectMsgAsync<SessionBound>();
        var leave = (await shard.ExpectMsgAsync<Passivate>()).StopMessage;
        session.Tell(MoveFrom(B1, 1), TestActor);
        session.Tell(leave, shard.Ref);
        var news = await _exchange.ExpectMsgAsync<AnnounceBinding>();

        GiveUp();

        Assert.Equal(news.Binding, (await ExpectMsgAsync<SessionBound>()).Binding);
        await ExpectTerminatedAsync(session);
    }

    [Fact]
    public async Task The_answer_to_an_earlier_announcement_is_none_to_a_later_one()
    {
        var session = Start();
        session.Tell(MoveFrom(B1, 1), TestActor);
        var first = await _exchange.ExpectMsgAsync<AnnounceBinding>();
        GiveUp();
        await ExpectMsgAsync<SessionBound>();

        session.Tell(MoveFrom(first.Binding.Backend, 2), TestActor);
        var second = await _exchange.ExpectMsgAsync<AnnounceBinding>();
        session.Tell(new BindingAnnounced(first.Binding), _exchange.Ref);
        session.Tell(new BindingAnnounced(second.Binding), _exchange.Ref);

        Assert.Equal(second.Binding, (await ExpectMsgAsync<SessionBound>()).Binding);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_move_that_another_actor_decided_is_made_known_again_before_it_is_the_answer()
    {
        _test.Memory.Sessions.Bindings.Put(Of(B2, 2), 0);
        var session = Start();

        session.Tell(MoveFrom(B1, 1), TestActor);

        Assert.Equal(Of(B2, 2), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);
        _exchange.Reply(new BindingAnnounced(Of(B2, 2)));
        Assert.Equal(Of(B2, 2), (await ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(Of(B2, 2), await AskAsync(session, MoveFrom(B1, 1)));
    }

    [Fact]
    public async Task What_comes_to_the_table_from_elsewhere_counts()
    {
        var session = Start();
        await ClaimAsync(session, B1);

        _test.Memory.Sessions.Bindings.Put(Of(B2, 5), 0);

        Assert.Equal(Of(B2, 5), await AskAsync(session, new ClaimSession(s_session, B1, _later)));
    }

    [Fact]
    public async Task An_evicted_session_begins_anew_with_its_next_claim()
    {
        var session = Start();
        Assert.Null(await AskAsync(session, new EvictSession(s_session, null)));
        await ClaimAsync(session, B1);

        session.Tell(new EvictSession(s_session, null), TestActor);
        Assert.Equal(Of(0, 2), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);
        _exchange.Reply(new BindingAnnounced(Of(0, 2)));
        Assert.Equal(Of(0, 2), (await ExpectMsgAsync<SessionBound>()).Binding);

        Assert.Equal(Of(B2, 3), await ClaimAsync(session, B2));
    }

    [Fact]
    public async Task What_has_expired_here_gives_way_to_what_the_table_has_of_a_new_life()
    {
        var session = Start();
        await ClaimAsync(session, B1);
        _exchange.Send(session, MoveFrom(B1, 1));
        _exchange.Send(session, new BindingAnnounced((await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding));
        await _exchange.ExpectMsgAsync<SessionBound>();

        _test.Time.Advance(TimeSpan.FromSeconds(101));
        var anew = Of(B2, 1) with { ExpiresAt = _later + 100 };
        _test.Memory.Sessions.Bindings.Put(anew, _test.Memory.Clock.UtcSeconds);

        Assert.Equal(anew, await AskAsync(session, new FindSession(s_session)));
    }

    [Fact]
    public async Task Where_nobody_is_eligible_the_session_stays_and_the_answer_is_none()
    {
        _test.Pool.SetActive(_test.Pool.Members[1], ActiveHealth.Down, "test", 0);
        _test.Pool.SetAdmin(_test.Pool.Members[2], AdminState.Maintenance, "test", 0);
        var session = Start();
        await ClaimAsync(session, B1);

        Assert.Null(await AskAsync(session, MoveFrom(B1, 1)));
        Assert.Equal(Of(B1, 1), await AskAsync(session, new FindSession(s_session)));
    }

    [Fact]
    public async Task The_first_question_waits_for_the_stores_word_and_the_newer_one_counts()
    {
        _store.Bindings[s_session] = Of(B2, 6);
        _store.Hold = new TaskCompletionSource();
        _test.Memory.Sessions.Bindings.Put(Of(B1, 5), 0);
        var session = Start(_store);
        session.Tell(new ClaimSession(s_session, B1, _later), TestActor);
        session.Tell(new FindSession(s_session), TestActor);
        await AwaitAssertAsync(() => Assert.Equal(1, _store.Asked));
        Assert.False(HasMessages);

        _store.Hold.SetResult();

        Assert.Equal(Of(B2, 6), (await ExpectMsgAsync<SessionBound>()).Binding);
        Assert.Equal(Of(B2, 6), (await ExpectMsgAsync<SessionBound>()).Binding);
        await AskAsync(session, new FindSession(s_session));
        Assert.Equal(1, _store.Asked);
    }

    [Theory]
    [InlineData("knows nothing")]
    [InlineData("is silent")]
    [InlineData("is down")]
    [InlineData("fails")]
    public async Task Without_a_word_from_the_store_the_table_decides(string store)
    {
        (_store.IsSilent, _store.IsUp) = (store == "is silent", store != "is down");
        if (store == "fails") (_store.Hold = new TaskCompletionSource()).SetException(new InvalidOperationException("test"));
        _test.Memory.Sessions.Bindings.Put(Of(B1, 5), 0);

        Assert.Equal(Of(B1, 5), await AskAsync(Start(_store), new ClaimSession(s_session, B2, _later)));
        Assert.Equal(store == "is down" ? 0 : 1, _store.Asked);
    }

    private IActorRef Start(FakeBindingStore? store = null) =>
        Sys.ActorOf(SessionActor.Props(_test.Memory.SessionDependencies(store), _exchange.Ref));

    /// <summary>Once the exchange has heard from it.</summary>
    private void GiveUp() => ((TestScheduler)Sys.Scheduler)
        .Advance(Announcements.PatienceOf(_test.Memory.Config.Sticky) + SessionActor.ExtraPatience);

    private async Task<Binding?> AskAsync(IActorRef session, ISessionMessage message)
    {
        session.Tell(message, TestActor);
        return (await ExpectMsgAsync<SessionBound>()).Binding;
    }

    /// <summary>A first one, with everybody informed.</summary>
    private async Task<Binding?> ClaimAsync(IActorRef session, ulong backend)
    {
        session.Tell(new ClaimSession(s_session, backend, _later), TestActor);
        _exchange.Reply(new BindingAnnounced((await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding));
        return (await ExpectMsgAsync<SessionBound>()).Binding;
    }

    private MoveSession MoveFrom(ulong backend, uint version) => new(s_session, "app", backend, version, _later, IsForced: false);

    private Binding Of(ulong backend, uint version) => new(s_session, backend, version, _later);
}
