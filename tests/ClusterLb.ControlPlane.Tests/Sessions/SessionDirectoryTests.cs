using Akka.TestKit;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Health;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionDirectoryTests : PatientTestKit
{
    private static readonly SessionKey s_session = new(0xABCD);
    private static readonly IReadOnlySet<Backend> s_nobody = new HashSet<Backend>();

    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly FakeBindingStore _store = new();
    private readonly SessionDirectory _directory;
    private readonly FakeCheck _check = new();
    private readonly TestProbe _region;
    private readonly TestProbe _exchange;

    public SessionDirectoryTests()
    {
        (_region, _exchange) = (CreateTestProbe(), CreateTestProbe());
        _directory = new SessionDirectory(_test.Memory.SessionDependencies(_store));
        _directory.Begin(_exchange.Ref);
        _directory.Open(_region.Ref, new SecondOpinions(_check));
    }

    private Backend B1 => _test.Pool.Members[0];

    private Backend B2 => _test.Pool.Members[1];

    private uint InAnHour => _test.Memory.Clock.UtcSeconds + 3_600;

    private SessionCounts Counts => _test.Memory.Sessions.Counts;

    [Fact]
    public async Task A_store_that_is_up_answers_claims_and_the_answer_is_known_here_and_told_to_others()
    {
        _store.Bindings[s_session] = Of(B2, 4);

        Assert.Equal(Of(B2, 4), await _directory.ClaimAsync(s_session, B1));

        Assert.False(_region.HasMessages);
        AssertKnown(Of(B2, 4));
        Assert.Equal([new BindingNote(Of(B2, 4), IsStored: true)], TakeNotes());
        Assert.Equal(1, Counts.ClaimedByStore);
    }

    [Theory]
    [InlineData("is down")]
    [InlineData("is silent")]
    [InlineData("has evicted it")]
    public async Task Where_the_store_does_not_say_the_sessions_actor_is_asked(string store)
    {
        (_store.IsUp, _store.IsSilent) = (store != "is down", store == "is silent");
        if (store == "has evicted it") _store.Bindings[s_session] = Of(B2, 4) with { Backend = 0 };

        var claim = _directory.ClaimAsync(s_session, B1);

        Assert.Equal(new ClaimSession(s_session, B1.Key, InAnHour), await _region.ExpectMsgAsync<ClaimSession>());
        _region.Reply(new SessionBound(Of(B2, 5)));
        Assert.Equal(Of(B2, 5), await claim);
        AssertKnown(Of(B2, 5));
        Assert.Equal([new BindingNote(Of(B2, 5), IsStored: false)], TakeNotes());
        Assert.Equal(1, Counts.ClaimedByActor);
    }

    [Fact]
    public async Task What_the_sessions_actor_has_just_bound_is_told_to_nobody_again()
    {
        _store.IsUp = false;
        var claim = _directory.ClaimAsync(s_session, B1);
        await _region.ExpectMsgAsync<ClaimSession>();

        _region.Reply(new SessionBound(Of(B1, 1)));

        Assert.Equal(Of(B1, 1), await claim);
        AssertKnown(Of(B1, 1));
        Assert.Empty(TakeNotes());
    }

    [Fact]
    public async Task What_only_the_store_knows_is_known_here_and_told_to_others()
    {
        Assert.True(_directory.MayRemember);
        Assert.Null(await _directory.RecallAsync(s_session));
        Assert.Empty(_store.Bindings);
        _store.Bindings[s_session] = Of(B2, 3);

        Assert.Equal(Of(B2, 3), await _directory.RecallAsync(s_session));

        AssertKnown(Of(B2, 3));
        Assert.Equal([new BindingNote(Of(B2, 3), IsStored: true)], TakeNotes());
        Assert.False(_region.HasMessages);
    }

    [Theory]
    [InlineData("is down")]
    [InlineData("is silent")]
    [InlineData("has evicted it")]
    [InlineData("has what expired")]
    public async Task A_store_that_has_nothing_to_say_is_not_waited_for(string store)
    {
        _store.Bindings[s_session] = store == "has evicted it"
            ? Of(B2, 3) with { Backend = 0 }
            : Of(B2, 3) with { ExpiresAt = store == "has what expired" ? 1u : InAnHour };
        (_store.IsUp, _store.IsSilent) = (store != "is down", store == "is silent");

        Assert.Equal(store != "is down", _directory.MayRemember);
        if (store != "is down") Assert.Null(await _directory.RecallAsync(s_session));
        Assert.Equal(0, _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public void Once_every_session_of_before_is_over_the_store_knows_nothing_more_than_nodes_do()
    {
        _test.Time.Advance(TimeSpan.FromSeconds(3_599));
        Assert.True(_directory.MayRemember);

        _test.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_directory.MayRemember);
    }

    [Fact]
    public async Task A_flood_of_first_uses_is_decided_by_the_hash_and_keeps_no_session_from_being_moved()
    {
        _store.IsUp = false;
        var claims = Enumerable.Range(1, 3 * SessionTally.MostUnderWay).Select(i => _directory.ClaimAsync(Bindings.Key(i), B1)).ToList();
        Assert.InRange(claims.Count(claim => claim.IsCompleted), 2 * SessionTally.MostUnderWay, 3 * SessionTally.MostUnderWay);

        var move = _directory.MoveAsync(Of(B1, 3), "app");
        await _region.FishForMessageAsync(message => message is MoveSession, TimeSpan.FromSeconds(30));
        _region.Reply(new SessionBound(Of(B2, 4)));

        Assert.Equal(Of(B2, 4), await move);
        Assert.InRange(Counts.NotAsked, 2 * SessionTally.MostUnderWay, 3 * SessionTally.MostUnderWay);
        await Eventually.Is(() =>
        {
            _test.Time.Advance(TimeSpan.FromMilliseconds(5));
            return claims.All(claim => claim.IsCompleted) && _test.Memory.Sessions.Tally.Claims.Open == 0;
        });
    }

    [Fact]
    public async Task A_claim_is_answered_with_what_counts_by_then()
    {
        _store.IsUp = false;
        var claim = _directory.ClaimAsync(s_session, B1);
        await _region.ExpectMsgAsync<ClaimSession>();

        _test.Memory.Sessions.Bindings.Put(Of(B2, 2), 0);
        _region.Reply(new SessionBound(Of(B1, 1)));

        Assert.Equal(Of(B2, 2), await claim);
    }

    [Fact]
    public async Task When_nobody_answers_in_time_the_answer_is_none()
    {
        _store.IsUp = false;
        var claim = _directory.ClaimAsync(s_session, B1);
        await _region.ExpectMsgAsync<ClaimSession>();
        Assert.False(claim.IsCompleted);

        _test.Time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Null(await claim);
        Assert.Equal(1, Counts.ClaimedByNobody);
        Assert.Equal(0, _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public async Task What_an_answer_teaches_may_take_longer_than_to_look_it_up()
    {
        var learned = _directory.LearnAsync(s_session, B1);
        await _exchange.ExpectMsgAsync<AnnounceBinding>();
        _test.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(learned.IsCompleted);

        _test.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await learned);
    }

    [Fact]
    public async Task What_an_answer_teaches_is_told_to_every_node_by_this_one_and_asked_of_nobody()
    {
        var learned = _directory.LearnAsync(s_session, B1);

        Assert.Equal(Of(B1, 1), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);
        Assert.False(learned.IsCompleted);
        _exchange.Reply(new BindingAnnounced(Of(B1, 1)));
        Assert.Equal(Of(B1, 1), await learned);
        Assert.False(_region.HasMessages);
        Assert.Equal(0, _store.Asked);
    }

    [Fact]
    public async Task What_is_known_by_now_is_not_learned_again_and_what_was_evicted_or_is_over_begins_anew()
    {
        _test.Memory.Sessions.Bindings.Put(Of(B2, 3), 0);
        Assert.Equal(Of(B2, 3), await _directory.LearnAsync(s_session, B1));

        _test.Memory.Sessions.Bindings.Put(Of(B2, 4) with { Backend = 0 }, 0);
        _ = _directory.LearnAsync(s_session, B1);
        Assert.Equal(Of(B1, 5), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);

        _test.Time.Advance(TimeSpan.FromHours(2));
        _ = _directory.LearnAsync(s_session, B1);
        Assert.Equal(Of(B1, 5), (await _exchange.ExpectMsgAsync<AnnounceBinding>()).Binding);
    }

    [Fact]
    public async Task Without_an_ActorSystem_nothing_is_learned_that_others_know()
    {
        _directory.Close();

        Assert.Null(await _directory.LearnAsync(s_session, B1));
    }

    [Fact]
    public async Task A_move_is_asked_of_the_sessions_actor_and_the_answer_is_known_here()
    {
        var move = _directory.MoveAsync(Of(B1, 3), "app");

        Assert.Equal(new MoveSession(s_session, "app", B1.Key, 3, InAnHour, IsForced: false), await _region.ExpectMsgAsync<MoveSession>());
        _region.Reply(new SessionBound(Of(B2, 4)));
        Assert.Equal(Of(B2, 4), await move);
        AssertKnown(Of(B2, 4));
        Assert.Equal((1, 0), (Counts.Moved, Counts.NotMoved));
        Assert.Equal(0, _store.Asked);
    }

    [Fact]
    public async Task A_move_for_which_nobody_is_eligible_or_nobody_answers_is_none()
    {
        var move = _directory.MoveAsync(Of(B1, 3), "app");
        await _region.ExpectMsgAsync<MoveSession>();
        _region.Reply(new SessionBound(null));
        Assert.Null(await move);

        move = _directory.MoveAsync(Of(B1, 3), "app");
        await _region.ExpectMsgAsync<MoveSession>();
        _test.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Null(await move);
        Assert.Equal((0, 2), (Counts.Moved, Counts.NotMoved));
    }

    [Fact]
    public async Task A_session_leaves_a_backend_that_answered_nobody_as_if_that_were_gone()
    {
        _check.Results[B1.Id] = new CheckResult(false, "timed out after 2s");
        var leaving = _directory.LeaveAsync(Of(B1, 2), "app", s_nobody);

        Assert.Equal(new MoveSession(s_session, "app", B1.Key, 2, InAnHour, IsForced: false) { Wanted = B2.Key },
            await _region.ExpectMsgAsync<MoveSession>());
        _region.Reply(new SessionBound(Of(B2, 3)));
        Assert.Equal(Of(B2, 3), await leaving);
        AssertKnown(Of(B2, 3));
    }

    [Fact]
    public async Task A_session_goes_where_somebody_answers_first_and_then_where_nobody_was_heard()
    {
        var test = new TestMemory(TestMemory.PoolOf(4, Configs.Pool.Health with { Probe = TestProbes.Http }));
        var directory = new SessionDirectory(test.Memory.SessionDependencies(null));
        directory.Open(_region.Ref, new SecondOpinions(_check));
        foreach (var member in test.Pool.Members) test.Pool.SetActive(member, ActiveHealth.Up, "test", test.Memory.Clock.NowMilliseconds);
        var mute = test.Pool.Members[0];
        var silent = new HashSet<Backend> { mute, test.Pool.Members[1] };
        foreach (var member in test.Pool.Members.Take(3)) _check.Results[member.Id] = new CheckResult(false, "timed out after 2s");

        var leaving = directory.LeaveAsync(Of(mute, 2), "app", silent);

        Assert.Equal(test.Pool.Members[3].Key, (await _region.ExpectMsgAsync<MoveSession>()).Wanted);
        _region.Reply(new SessionBound(Of(test.Pool.Members[3], 3)));
        Assert.NotNull(await leaving);
        Assert.DoesNotContain(test.Pool.Members[1].Id, _check.Asked);

        (_check.Results[test.Pool.Members[1].Id], _check.Results[test.Pool.Members[3].Id]) = (_check.Result!.Value,
            _check.Results[mute.Id]);
        leaving = directory.LeaveAsync(Of(mute, 2), "app", silent);
        Assert.Equal(test.Pool.Members[1].Key, (await _region.ExpectMsgAsync<MoveSession>()).Wanted);
        _region.Reply(new SessionBound(null));
        await leaving;
    }

    [Fact]
    public async Task All_sessions_leave_that_one_mute_backend_kept_waiting_at_once()
    {
        const int Sessions = 2_000;
        _check.Results[B1.Id] = new CheckResult(false, "timed out after 2s");
        var leaving = Enumerable.Range(1, Sessions)
            .Select(number => _directory.LeaveAsync(new Binding(Bindings.Key(number), B1.Key, 2, InAnHour), "app", s_nobody)).ToList();

        for (var i = 0; i < Sessions; i++)
        {
            var move = await _region.ExpectMsgAsync<MoveSession>();
            _region.Reply(new SessionBound(new Binding(move.Session, B2.Key, 3, InAnHour)));
        }

        Assert.All(await Task.WhenAll(leaving), moved => Assert.Equal(B2.Key, moved?.Backend));
    }

    [Theory]
    [InlineData("tcp", false)]
    [InlineData("none", false)]
    [InlineData("http", true)]
    [InlineData("grpc", true)]
    public async Task When_nobody_of_the_pool_was_heard_only_a_check_that_can_tell_has_a_session_leave(string check, bool leaves)
    {
        var test = new TestMemory(TestMemory.PoolOf(3, Configs.Pool.Health with { Probe = TestProbes.Of(check) }));
        var directory = new SessionDirectory(test.Memory.SessionDependencies(null));
        directory.Open(_region.Ref, new SecondOpinions(_check));
        foreach (var member in test.Pool.Members) test.Pool.SetActive(member, ActiveHealth.Up, "test", test.Memory.Clock.NowMilliseconds);
        var (mute, silent) = (test.Pool.Members[0], test.Pool.Members.ToHashSet());
        _check.Results[mute.Id] = new CheckResult(false, "timed out after 2s");

        var leaving = directory.LeaveAsync(Of(mute, 2), "app", silent);

        if (leaves)
        {
            var wanted = (await _region.ExpectMsgAsync<MoveSession>()).Wanted;
            Assert.Contains(wanted, test.Pool.Members.Skip(1).Select(member => member.Key));
            _region.Reply(new SessionBound(Of(test.Pool.Members[1], 3)));
        }

        Assert.Equal(leaves, await leaving is not null);
        Assert.False(_region.HasMessages);
    }

    [Fact]
    public async Task A_session_stays_with_whom_its_check_finds_well_and_when_nobody_else_answers()
    {
        var test = new TestMemory(TestMemory.PoolOf(2, Configs.Pool.Health with { Probe = TestProbes.Http }));
        var directory = new SessionDirectory(test.Memory.SessionDependencies(null));
        directory.Open(_region.Ref, new SecondOpinions(_check));
        Assert.Null(await directory.LeaveAsync(Of(test.Pool.Members[0], 2), "app", s_nobody));

        _check.Result = new CheckResult(false, "unreachable");
        Assert.Null(await directory.LeaveAsync(Of(test.Pool.Members[0], 2), "app", s_nobody));
        Assert.False(_region.HasMessages);
    }

    [Fact]
    public async Task A_session_of_which_nobody_can_say_where_it_would_go_stays()
    {
        _test.Pool.SetAdmin(B2, AdminState.Maintenance, "test", _test.Memory.Clock.NowMilliseconds);
        Assert.Null(await _directory.LeaveAsync(Of(B1, 2), "app", s_nobody));
        Assert.Null(await _directory.LeaveAsync(Of(B1, 2), "unknown", s_nobody));
        _directory.Close();
        Assert.Null(await _directory.LeaveAsync(Of(B2, 2), "app", s_nobody));
        Assert.False(_region.HasMessages);
    }

    [Fact]
    public async Task A_move_that_is_lost_on_its_way_is_asked_for_again_within_the_budget()
    {
        var move = _directory.MoveAsync(Of(B1, 3), "app");
        var first = await _region.ExpectMsgAsync<MoveSession>();

        _test.Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(first, await _region.ExpectMsgAsync<MoveSession>());
        _region.Reply(new SessionBound(Of(B2, 4)));
        Assert.Equal(Of(B2, 4), await move);
    }

    [Fact]
    public async Task Without_an_ActorSystem_the_answer_is_none_at_once()
    {
        _store.IsUp = false;
        _directory.Close();

        Assert.Null(await _directory.ClaimAsync(s_session, B1));
        Assert.Null(await _directory.MoveAsync(Of(B1, 1), "app"));
    }

    [Fact]
    public async Task An_ActorSystem_that_has_ended_does_not_make_it_throw()
    {
        _store.IsUp = false;
        await Sys.Terminate();

        var (claim, move) = (_directory.ClaimAsync(s_session, B1), _directory.MoveAsync(Of(B1, 1), "app"));
        await Eventually.Is(() =>
        {
            _test.Time.Advance(TimeSpan.FromMilliseconds(500));
            return claim.IsCompleted && move.IsCompleted;
        });

        Assert.Null(await claim);
        Assert.Null(await move);
    }

    private void AssertKnown(Binding expected)
    {
        Assert.True(_test.Memory.Sessions.Bindings.TryGet(s_session, _test.Memory.Clock.UtcSeconds, out var known));
        Assert.Equal(expected, known);
    }

    private List<BindingNote> TakeNotes()
    {
        var notes = new List<BindingNote>();
        _test.Memory.Sessions.Notes.Take(notes);
        return notes;
    }

    private Binding Of(Backend backend, uint version) => new(s_session, backend.Key, version, InAnHour);
}
