using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.Core.Reload;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Reload;

public sealed class ReloadParticipantActorTests : PatientTestKit
{
    private static readonly ReloadEpoch s_epoch = new(3, "new");

    private readonly TestMemory _test = new(TestMemory.PoolOf(1, Configs.Pool.Health));
    private readonly FakeFiles _files = new();
    private readonly TestNode _node = new();
    private readonly TestProbe _asker;
    private readonly IActorRef _participant;

    public ReloadParticipantActorTests()
    {
        _asker = CreateTestProbe();
        _participant = Sys.ActorOf(Props.Create(
            () => new ReloadParticipantActor(_files, _test.Memory.Reload, _test.Memory.Members, _node)));
    }

    [Fact]
    public async Task It_offers_what_it_has_read_and_switches_on_the_word()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(NodeChanged));

        var offer = await PrepareAsync(1);
        Assert.False(_files.Attempts[0].IsInForce);
        Ask(new SwitchReload(1, s_epoch));

        Assert.Equal(("new", 0, 0), (offer.Fingerprint, offer.Keys.Count, offer.Epoch));
        Assert.Equal(new ReloadSwitched(1, Node, ""), await _asker.ExpectMsgAsync<ReloadSwitched>());
        Assert.True(_files.Attempts[0].IsInForce);
        Assert.Equal(s_epoch, _test.Memory.Reload.Epoch);
        await ExpectMsgAsync<NodeChanged>();
    }

    [Fact]
    public async Task Where_another_configuration_was_expected_it_says_what_it_has()
    {
        Assert.Equal([new SharedKey("a", "2")], (await PrepareAsync(1, expected: "other")).Keys);
    }

    [Fact]
    public async Task A_dry_run_holds_nothing()
    {
        await PrepareAsync(1, isDryRun: true);
        await PrepareAsync(2);

        Ask(new SwitchReload(2, s_epoch));
        Assert.Equal("", (await _asker.ExpectMsgAsync<ReloadSwitched>()).Refusal);
    }

    [Fact]
    public async Task While_it_holds_what_it_has_read_another_reload_is_refused()
    {
        await PrepareAsync(1);

        Assert.Equal(["another reload, which lb1 began, is under way; try again"], (await PrepareAsync(2)).Problems);
        Ask(new AbandonReload(1));

        Assert.Empty((await PrepareAsync(3)).Problems);
        Assert.True(_files.Attempts[0].IsAbandoned);
    }

    [Fact]
    public async Task What_is_abandoned_while_it_is_read_is_let_be()
    {
        _files.Readable = new TaskCompletionSource();
        Ask(new PrepareReload(1, "lb1", false, "new"));
        Ask(new AbandonReload(1));
        Ask(new PrepareReload(2, "lb2", false, "new"));
        Assert.Single((await _asker.ExpectMsgAsync<ReloadOffered>()).Offer.Problems);

        _files.Readable.SetResult();

        Assert.Equal(1UL, (await _asker.ExpectMsgAsync<ReloadOffered>()).Id);
        await AwaitConditionAsync(() => Task.FromResult(_files.Attempts[0].IsAbandoned));
        Assert.Empty((await PrepareAsync(3)).Problems);
    }

    [Fact]
    public async Task When_the_one_that_asked_is_dead_the_report_of_any_node_that_has_switched_is_the_word()
    {
        await PrepareAsync(1);

        Report(s_epoch);

        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Reload.Epoch == s_epoch));
        Assert.True(_files.Attempts[0].IsInForce);
        // And the word itself, when it comes late, is answered.
        Ask(new SwitchReload(1, s_epoch));
        Assert.Equal("", (await _asker.ExpectMsgAsync<ReloadSwitched>()).Refusal);
    }

    [Fact]
    public async Task A_node_that_missed_the_switch_comes_after_when_its_files_are_those()
    {
        Report(s_epoch);

        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Reload.Epoch == s_epoch));
        Assert.True(Assert.Single(_files.Attempts).IsInForce);
    }

    [Fact]
    public async Task One_that_has_other_files_says_so_once_and_stays()
    {
        _files.Offer = _files.Offer with { Fingerprint = "mine" };

        for (var i = 0; i < 3; i++) Report(s_epoch);

        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Members.Events.Read().Count > 0));
        Report(s_epoch);
        Assert.Empty((await PrepareAsync(1)).Problems);
        Assert.Equal("does not follow the cluster to configuration new: the files of this node are mine",
            Assert.Single(_test.Memory.Members.Events.Read()).Text);
        Assert.Equal(2, _files.Attempts.Count);
        Assert.Equal(ReloadEpoch.None, _test.Memory.Reload.Epoch);
    }

    [Fact]
    public async Task One_that_starts_with_what_the_others_were_reloaded_to_since_takes_their_number_and_reads_nothing()
    {
        Report(s_epoch, inForce: "test");

        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Reload.Epoch == s_epoch));
        Assert.Empty(_files.Attempts);
        Assert.Empty(_test.Memory.Members.Events.Read());
    }

    [Theory]
    [InlineData("new", "old", true)]
    [InlineData("old", "new", false)]
    public async Task Of_two_configurations_with_one_number_one_side_follows_the_other(string own, string others, bool follows)
    {
        _test.Memory.Reload.Epoch = s_epoch with { Fingerprint = own };
        _files.Offer = _files.Offer with { Fingerprint = others };

        Report(s_epoch with { Fingerprint = others });
        await PrepareAsync(1, isDryRun: true);

        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Reload.Epoch.Fingerprint == (follows ? others : own)));
    }

    [Fact]
    public async Task One_that_does_not_serve_yet_follows_when_it_does()
    {
        _node.IsServing = false;
        Report(s_epoch);
        await PrepareAsync(1, isDryRun: true);
        Assert.Single(_files.Attempts);

        _node.IsServing = true;
        Report(s_epoch);

        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Reload.Epoch == s_epoch));
    }

    [Fact]
    public async Task What_fails_by_a_bug_is_not_tried_again_at_every_report()
    {
        _files.Readable = new TaskCompletionSource();
        _files.Readable.SetException(new InvalidOperationException("a bug"));
        Report(s_epoch);
        await AwaitConditionAsync(() => Task.FromResult(_test.Memory.Reload.Tried == s_epoch));

        _files.Readable = new TaskCompletionSource();
        _files.Readable.SetResult();
        Report(s_epoch);

        Assert.Empty((await PrepareAsync(1, isDryRun: true)).Problems);
        Assert.Single(_files.Attempts);
    }

    [Fact]
    public async Task A_word_that_comes_after_it_was_let_be_is_followed_when_the_files_are_still_those()
    {
        await PrepareAsync(1);
        _files.Attempts[0].Abandon();

        Ask(new SwitchReload(1, s_epoch));

        Assert.Equal(new ReloadSwitched(1, Node, ""), await _asker.ExpectMsgAsync<ReloadSwitched>());
        Assert.True(_files.Attempts[1].IsInForce);
    }

    [Fact]
    public async Task A_word_that_it_cannot_follow_any_more_is_answered_with_why()
    {
        await PrepareAsync(1);
        _files.Attempts[0].Abandon();
        _files.Offer = ReloadOffer.Refused("a.conf: gone");

        Ask(new SwitchReload(1, s_epoch));

        Assert.Equal(new ReloadSwitched(1, Node, "a.conf: gone"), await _asker.ExpectMsgAsync<ReloadSwitched>());
    }

    [Fact]
    public async Task What_it_holds_is_let_be_when_its_actors_end()
    {
        await PrepareAsync(1);

        await WatchAsync(_participant);
        _participant.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(_participant);

        Assert.True(_files.Attempts[0].IsAbandoned);
    }

    private string Node => _test.Memory.Members.Node;

    private void Ask(object message) => _participant.Tell(message, _asker.Ref);

    private void Report(ReloadEpoch epoch, string? inForce = null)
    {
        var facts = new NodeFacts("ready", inForce ?? epoch.Fingerprint, 1, 0, 0, 0, 0) { Epoch = epoch };
        _participant.Tell(new NodeReport("lb2", facts, 0, 0, false, [], [], []), _asker.Ref);
    }

    private async Task<ReloadOffer> PrepareAsync(ulong id, bool isDryRun = false, string expected = "new")
    {
        Ask(new PrepareReload(id, "lb1", isDryRun, expected));
        var offered = await _asker.ExpectMsgAsync<ReloadOffered>();
        Assert.Equal((id, Node), (offered.Id, offered.Node));
        return offered.Offer;
    }
}
