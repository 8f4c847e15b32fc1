using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.Core.Reload;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Reload;

public sealed class ReloadCoordinatorActorTests : PatientTestKit
{
    private static readonly ReloadOffer s_offer = new("new", ["a: 1 -> 2"], [], []) { Keys = [new SharedKey("a", "2")] };

    private readonly TestMemory _test = new(TestMemory.PoolOf(1, Configs.Pool.Health));
    private readonly TestProbe _operator;
    private readonly TestProbe[] _agents;
    private readonly IActorRef _coordinator;
    private string _refusal = "";
    private string _unasked = "";

    public ReloadCoordinatorActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _operator = CreateTestProbe();
        _agents = [CreateTestProbe(), CreateTestProbe(), CreateTestProbe()];
        _coordinator = Sys.ActorOf(Props.Create(() => new ReloadCoordinatorActor(
            "lb1", _test.Memory.Members.Events, _test.Memory.Clock, () => _refusal, () => Nodes())));
    }

    [Fact]
    public async Task All_switch_to_one_epoch_when_all_have_the_same()
    {
        var id = await BeginAsync();
        await OfferAsync(id, s_offer with { Epoch = 4 }, s_offer with { Keys = [] }, s_offer with { Keys = [] });

        var word = new SwitchReload(id, new ReloadEpoch(5, "new"));
        foreach (var agent in _agents) Assert.Equal(word, await agent.ExpectMsgAsync<SwitchReload>());
        foreach (var name in new[] { "lb1", "lb2", "lb3" }) _coordinator.Tell(new ReloadSwitched(id, name, ""));

        var answer = await _operator.ExpectMsgAsync<ReloadAllAnswer>();
        Assert.Equal(("", 0, new ReloadEpoch(5, "new")), (answer.Refusal, answer.Problems.Count, answer.Epoch));
        Assert.All(answer.Nodes, node => Assert.Equal(Confirmation.Confirmed, node.Confirmation));
        Assert.Contains("is in force at epoch 5 on lb1, lb2, lb3", _test.Memory.Members.Events.Read()[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_refuses_has_everybody_let_it_be()
    {
        var id = await BeginAsync();
        await OfferAsync(id, s_offer, s_offer, ReloadOffer.Refused("a.conf:1: unknown key"));

        Assert.Equal(["lb3: a.conf:1: unknown key"], (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Problems);
        foreach (var agent in _agents) await agent.ExpectMsgAsync<AbandonReload>(message => Assert.Equal(id, message.Id));
    }

    [Fact]
    public async Task What_is_wrong_here_is_asked_of_nobody()
    {
        var id = await BeginAsync();
        _coordinator.Tell(new ReloadOffered(id, "lb1", ReloadOffer.Refused("a.conf:1: unknown key")));

        Assert.Equal(["lb1: a.conf:1: unknown key"], (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Problems);
        Assert.IsType<AbandonReload>(await _agents[1].ExpectMsgAsync<IClusterMessage>());
    }

    [Fact]
    public async Task One_that_does_not_answer_is_named_and_nobody_switches()
    {
        var id = await BeginAsync();
        await OfferAsync(id, s_offer, s_offer);
        Pass(ReloadCoordinatorActor.Reading);

        Assert.Equal(["lb3: did not answer within 10 s"], (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Problems);
        await _agents[1].ExpectMsgAsync<AbandonReload>();
    }

    [Fact]
    public async Task One_that_dies_between_is_named_and_the_others_have_switched()
    {
        var id = await BeginAsync();
        await OfferAsync(id, s_offer, s_offer, s_offer);
        foreach (var agent in _agents) await agent.ExpectMsgAsync<SwitchReload>();
        _coordinator.Tell(new ReloadSwitched(id, "lb1", ""));
        _coordinator.Tell(new ReloadSwitched(id, "lb2", "it was not told in time"));
        Pass(ReloadCoordinatorActor.Switching);

        var answer = await _operator.ExpectMsgAsync<ReloadAllAnswer>();
        Assert.Empty(answer.Problems);
        Assert.Equal([Confirmation.Confirmed, Confirmation.Refused, Confirmation.Silent], answer.Nodes.Select(node => node.Confirmation));
        Assert.EndsWith("on lb1; not confirmed by lb2, lb3", _test.Memory.Members.Events.Read()[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_one_meanwhile_is_refused()
    {
        await BeginAsync();

        _coordinator.Tell(new ReloadAll(IsDryRun: false), _operator.Ref);

        Assert.Equal("a reload of all nodes is under way through this node", (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Refusal);
    }

    [Fact]
    public async Task A_side_that_is_no_majority_begins_none()
    {
        _refusal = "this node reaches 1 of 3 nodes, which is no majority";

        _coordinator.Tell(new ReloadAll(IsDryRun: false), _operator.Ref);

        Assert.Equal(_refusal, (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Refusal);
    }

    [Fact]
    public async Task One_that_has_become_no_majority_meanwhile_does_not_say_the_word()
    {
        var id = await BeginAsync();
        _refusal = "this node reaches 1 of 3 nodes, which is no majority";
        await OfferAsync(id, s_offer, s_offer, s_offer);

        Assert.Equal([$"lb1: {_refusal}"], (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Problems);
        await _agents[2].ExpectMsgAsync<AbandonReload>();
    }

    [Fact]
    public async Task One_that_cannot_be_asked_is_named_at_once_and_nobody_reads_anything()
    {
        _unasked = "runs version 0.0.9, which knows no reload of the cluster";

        _coordinator.Tell(new ReloadAll(IsDryRun: false), _operator.Ref);

        Assert.Equal([$"lb3: {_unasked}"], (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Problems);
        await _agents[0].ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Theory]
    [InlineData(true, "a: 1 -> 2", 1)]
    [InlineData(false, null, 0)]
    public async Task A_dry_run_and_a_reload_that_changes_nothing_switch_nobody(bool isDryRun, string? change, long epoch)
    {
        var offer = s_offer with { Changes = change is null ? [] : [change] };
        var id = await BeginAsync(isDryRun);
        await OfferAsync(id, offer, offer, offer);

        var answer = await _operator.ExpectMsgAsync<ReloadAllAnswer>();
        Assert.Equal(new ReloadEpoch(epoch, "new"), answer.Epoch);
        Assert.All(answer.Nodes, node => Assert.Equal(Confirmation.NotAsked, node.Confirmation));
        await _agents[2].ExpectMsgAsync<AbandonReload>();
    }

    [Fact]
    public async Task A_node_that_stood_still_meanwhile_does_not_say_the_word()
    {
        var id = await BeginAsync();
        _test.Time.Advance(TimeSpan.FromMinutes(1));
        await OfferAsync(id, s_offer, s_offer, s_offer);

        Assert.Equal(["lb1: this node stood still meanwhile; try again"], (await _operator.ExpectMsgAsync<ReloadAllAnswer>()).Problems);
    }

    [Fact]
    public async Task When_its_actors_end_before_the_word_everybody_lets_it_be()
    {
        var id = await BeginAsync();

        _coordinator.Tell(PoisonPill.Instance);

        Assert.Equal(id, (await _agents[2].ExpectMsgAsync<AbandonReload>()).Id);
    }

    private IReadOnlyList<AskedNode> Nodes() =>
        [.. _agents.Select((agent, i) => new AskedNode($"lb{i + 1}", agent.Ref, i == 2 ? _unasked : ""))];

    private void Pass(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    private async Task<ulong> BeginAsync(bool isDryRun = false)
    {
        _coordinator.Tell(new ReloadAll(isDryRun), _operator.Ref);
        var asked = await _agents[0].ExpectMsgAsync<PrepareReload>();
        Assert.Equal(("lb1", isDryRun, ""), (asked.Coordinator, asked.IsDryRun, asked.Expected));
        return asked.Id;
    }

    /// <summary>Of lb1, lb2 and so on.</summary>
    private async Task OfferAsync(ulong id, params ReloadOffer[] offers)
    {
        for (var i = 0; i < offers.Length; i++)
        {
            // The first is asked by itself: what it reads is what the others are to have.
            if (i > 0) Assert.Equal("new", (await _agents[i].ExpectMsgAsync<PrepareReload>()).Expected);
            _coordinator.Tell(new ReloadOffered(id, $"lb{i + 1}", offers[i]));
        }

        // Whoever did not answer was asked, too.
        for (var i = offers.Length; i < _agents.Length; i++) await _agents[i].ExpectMsgAsync<PrepareReload>();
    }
}
