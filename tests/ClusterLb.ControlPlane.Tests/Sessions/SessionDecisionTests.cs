using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionDecisionTests
{
    private const uint Now = 1_000;
    private const uint Later = 2_000;

    private static readonly SessionKey s_session = new(0xABCD);

    private readonly TestMemory _test = new(TestMemory.PoolOf(3, Configs.Pool.Health with { Probe = Configs.TcpProbe }));

    public SessionDecisionTests()
    {
        foreach (var backend in Pool.Members) Pool.SetActive(backend, ActiveHealth.Up, "test", 0);
    }

    private Pool Pool => _test.Pool;

    private ulong B1 => Pool.Members[0].Key;

    private ulong B2 => Pool.Members[1].Key;

    private ulong B3 => Pool.Members[2].Key;

    [Fact]
    public void The_first_claim_binds_for_all_to_know_and_the_second_is_answered_with_it()
    {
        var first = SessionDecision.Claim(null, new ClaimSession(s_session, B1, Later), Now);
        Assert.Equal(Of(B1, 1), first.Answer);
        Assert.True(first.MustBeAnnounced);

        var second = SessionDecision.Claim(first.Held, new ClaimSession(s_session, B2, Later + 5), Now);
        Assert.Equal(Of(B1, 1, Later + 5), second.Answer);
        Assert.Equal(second.Answer, second.Held);
        Assert.False(second.MustBeAnnounced);
    }

    [Fact]
    public void What_a_node_has_met_and_told_nobody_of_binds_nobody()
    {
        Assert.Equal(Of(B2, 1), SessionDecision.Claim(Of(B1, 0), new ClaimSession(s_session, B2, Later), Now).Answer);

        var moved = SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 0), Pool, Now).Answer!.Value;
        Assert.Equal((2u, true), (moved.Version, moved.Backend != B1));
        Assert.Equal(moved, SessionDecision.Move(null, MoveFrom(B1, 0), Pool, Now).Answer);
    }

    [Fact]
    public void A_claim_does_not_shorten_a_sessions_life() =>
        Assert.Equal(Of(B1, 4), SessionDecision.Claim(Of(B1, 4), new ClaimSession(s_session, B2, Now + 1), Now).Answer);

    [Fact]
    public void What_is_evicted_or_expired_begins_anew_with_a_version_that_overrules_it()
    {
        Assert.Equal(Of(B2, 5), SessionDecision.Claim(Of(0, 4), new ClaimSession(s_session, B2, Later), Now).Answer);
        Assert.Equal(Of(B2, 9), SessionDecision.Claim(Of(B1, 8, Now), new ClaimSession(s_session, B2, Later), Now).Answer);
    }

    [Fact]
    public void The_binding_that_the_asker_knows_is_moved_to_another_backend()
    {
        var moved = SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1), Pool, Now);

        Assert.True(moved.MustBeAnnounced);
        Assert.Equal(moved.Held, moved.Answer);
        Assert.Equal(2u, moved.Answer!.Value.Version);
        Assert.NotEqual(B1, moved.Answer.Value.Backend);
        Assert.Equal(moved, SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1), Pool, Now));
    }

    [Fact]
    public void What_nobody_here_knew_is_moved_as_the_asker_knows_it() =>
        Assert.Equal(7u, SessionDecision.Move(null, MoveFrom(B1, 6), Pool, Now).Answer!.Value.Version);

    [Fact]
    public void An_asker_that_knows_more_is_believed() =>
        Assert.Equal(7u, SessionDecision.Move(Of(B2, 4), MoveFrom(B1, 6), Pool, Now).Answer!.Value.Version);

    [Fact]
    public void A_session_that_has_moved_already_does_not_move_again()
    {
        var answer = SessionDecision.Move(Of(B2, 2), MoveFrom(B1, 1), Pool, Now);

        Assert.Equal(Of(B2, 2), answer.Answer);
        // Whoever moved it may have ended before all knew.
        Assert.True(answer.MustBeAnnounced);
    }

    [Fact]
    public void A_session_that_has_moved_to_a_backend_that_is_gone_too_moves_on_but_not_back()
    {
        Pool.SetActive(Pool.Members[1], ActiveHealth.Down, "test", 0);

        var moved = SessionDecision.Move(Of(B2, 2), MoveFrom(B1, 1), Pool, Now).Answer!.Value;

        Assert.Equal((B3, 3u), (moved.Backend, moved.Version));
    }

    [Fact]
    public void It_moves_back_when_there_is_nowhere_else()
    {
        Pool.SetActive(Pool.Members[1], ActiveHealth.Down, "test", 0);
        Pool.SetActive(Pool.Members[2], ActiveHealth.Down, "test", 0);

        Assert.Equal(B1, SessionDecision.Move(Of(B2, 2), MoveFrom(B1, 1), Pool, Now).Answer!.Value.Backend);
    }

    [Fact]
    public void Where_nobody_is_eligible_the_session_stays_as_it_is_and_the_answer_is_none()
    {
        Pool.SetActive(Pool.Members[1], ActiveHealth.Down, "test", 0);
        Pool.SetActive(Pool.Members[2], ActiveHealth.Down, "test", 0);

        Assert.Equal(new SessionDecision(Of(B1, 1), null, MustBeAnnounced: false),
            SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1), Pool, Now));
        Assert.Equal(new SessionDecision(Of(B1, 1), null, MustBeAnnounced: false),
            SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1), null, Now));
    }

    [Fact]
    public void A_node_without_the_pool_judges_nobody() =>
        Assert.Equal(Of(B2, 2), SessionDecision.Move(Of(B2, 2), MoveFrom(B1, 1), null, Now).Answer);

    [Fact]
    public void A_backend_that_drains_keeps_its_sessions_unless_an_operator_forces_them_away()
    {
        Pool.SetAdmin(Pool.Members[0], AdminState.Draining, "test", 0);

        Assert.Equal(Of(B1, 5), SessionDecision.Move(Of(B1, 5), MoveFrom(B1, 4), Pool, Now).Answer);
        var forced = SessionDecision.Move(Of(B1, 5), MoveFrom(B1, 4) with { IsForced = true }, Pool, Now).Answer!.Value;
        Assert.Equal(6u, forced.Version);
        Assert.NotEqual(B1, forced.Backend);
        Assert.Equal(Of(B2, 5), SessionDecision.Move(Of(B2, 5), MoveFrom(B1, 4) with { IsForced = true }, Pool, Now).Answer);
    }

    [Fact]
    public void A_backend_that_is_no_longer_configured_is_gone() =>
        Assert.Equal(3u, SessionDecision.Move(Of(99, 2), MoveFrom(B1, 1), Pool, Now).Answer!.Value.Version);

    [Fact]
    public void To_move_what_was_evicted_or_has_expired_binds_it_anew()
    {
        Assert.Equal(4u, SessionDecision.Move(Of(0, 3), MoveFrom(B1, 2), Pool, Now).Answer!.Value.Version);
        Assert.Equal(4u, SessionDecision.Move(Of(B2, 3, Now), MoveFrom(B1, 2), Pool, Now).Answer!.Value.Version);
    }

    [Fact]
    public void An_evicted_session_is_bound_nowhere_and_overrules_what_it_was()
    {
        var evicted = SessionDecision.Evict(Of(B1, 3), null, Now);

        Assert.Equal(new SessionDecision(Of(0, 4), Of(0, 4), MustBeAnnounced: true), evicted);
        Assert.Equal(new SessionDecision(Of(0, 4), Of(0, 4), MustBeAnnounced: false), SessionDecision.Evict(evicted.Held, null, Now));
        Assert.Equal(new SessionDecision(null, null, MustBeAnnounced: false), SessionDecision.Evict(null, null, Now));
        Assert.Null(SessionDecision.Evict(Of(B1, 3, Now), null, Now).Answer);
        Assert.Equal(Of(0, 5), SessionDecision.Evict(Of(B1, 3), Of(B2, 4), Now).Answer);
        Assert.Equal(Of(0, 2), SessionDecision.Evict(null, Of(B1, 0), Now).Answer);
    }

    [Fact]
    public void What_has_expired_is_not_found()
    {
        Assert.Equal(Of(B1, 3), SessionDecision.Find(Of(B1, 3), Now).Answer);
        Assert.Null(SessionDecision.Find(Of(B1, 3, Now), Now).Answer);
        Assert.Null(SessionDecision.Find(null, Now).Answer);
    }

    [Fact]
    public void Of_two_words_the_newer_counts_and_of_the_same_the_one_that_lives_longer()
    {
        Assert.Equal(Of(B1, 3), SessionDecision.Newest(Of(B1, 3), Of(B2, 2, Later + 9)));
        Assert.Equal(Of(B1, 3), SessionDecision.Newest(Of(B2, 2, Later + 9), Of(B1, 3)));
        Assert.Equal(Of(B1, 3, Later + 9), SessionDecision.Newest(Of(B1, 3), Of(B1, 3, Later + 9)));
        Assert.Equal(Of(B1, 3), SessionDecision.Newest(null, Of(B1, 3)));
        Assert.Equal(Of(B1, 3), SessionDecision.Newest(Of(B1, 3), null));
    }

    [Fact]
    public void Where_the_asking_node_has_found_somebody_who_answers_the_session_goes_there_if_the_cluster_thinks_well_of_it()
    {
        foreach (var wanted in Pool.Standing.Candidates.Where(backend => backend.Key != B1))
        {
            Assert.Equal(wanted.Key, SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1) with { Wanted = wanted.Key }, Pool, Now)
                .Answer!.Value.Backend);
        }

        var usual = SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1), Pool, Now);
        Assert.Equal(usual, SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1) with { Wanted = B1 }, Pool, Now));
        Assert.Equal(usual, SessionDecision.Move(Of(B1, 1), MoveFrom(B1, 1) with { Wanted = 99 }, Pool, Now));
    }

    private static Binding Of(ulong backend, uint version, uint expiresAt = Later) => new(s_session, backend, version, expiresAt);

    private static MoveSession MoveFrom(ulong backend, uint version) => new(s_session, "app", backend, version, Later, IsForced: false);
}
