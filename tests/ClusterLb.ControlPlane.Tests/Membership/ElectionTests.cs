using ClusterLb.ControlPlane.Membership;
using CsCheck;

namespace ClusterLb.ControlPlane.Tests.Membership;

public sealed class ElectionTests
{
    private static readonly NodeAddress s_a = new("10.0.0.1", 4053);
    private static readonly NodeAddress s_b = new("10.0.0.2", 4053);
    private static readonly NodeAddress s_c = new("10.0.0.3", 4053);
    private static readonly NodeAddress[] s_seeds = [s_a, s_b, s_c];

    [Fact]
    public void Whoever_hears_of_a_cluster_joins_it() =>
        Assert.Equal([s_c], Assert.IsType<BootstrapStep.Join>(Election.Next(s_a, s_seeds, Answers((s_b, false), (s_c, true)))).Members);

    [Fact]
    public void The_first_of_a_majority_stands_and_the_others_wait_for_it()
    {
        Assert.Equal([s_b, s_a], Assert.IsType<BootstrapStep.Stand>(Election.Next(s_a, s_seeds, Answers((s_b, false)))).Voters);
        Assert.Contains("10.0.0.1:4053 is to form", Assert.IsType<BootstrapStep.Wait>(Election.Next(s_b, s_seeds, Answers((s_a, false))))
            .Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_minority_of_the_seeds_forms_nothing()
    {
        Assert.Contains("1 of 3 seeds", Assert.IsType<BootstrapStep.Wait>(Election.Next(s_a, s_seeds, Answers())).Why,
            StringComparison.Ordinal);
        Assert.IsType<BootstrapStep.Stand>(Election.Next(s_a, [s_a], Answers()));
    }

    [Fact]
    public void Who_is_no_seed_forms_nothing() =>
        Assert.IsType<BootstrapStep.Wait>(Election.Next(new NodeAddress("10.0.0.0", 1), s_seeds,
            Answers((s_a, false), (s_b, false), (s_c, false))));

    [Fact]
    public void A_voter_keeps_its_promise_until_it_ends()
    {
        var (promised, granted) = Election.New.Vote(s_a, 0);
        Assert.True(granted);
        Assert.False(promised.Vote(s_b, Election.PromiseMilliseconds - 1).IsGranted);
        Assert.True(promised.Vote(s_a, 5_000).IsGranted);
        Assert.True(promised.Vote(s_b, Election.PromiseMilliseconds).IsGranted);
    }

    [Fact]
    public void A_founder_nobody_joins_has_let_go_before_its_voters_are_free() =>
        Assert.True(Election.CampaignMilliseconds < Election.HoldMilliseconds
            && Election.HoldMilliseconds + 2_000 <= Election.PromiseMilliseconds);

    [Fact]
    public void Whatever_messages_are_lost_and_delayed_two_candidates_never_both_win() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[0, 200].List[1, 60]).Sample((count, steps) =>
    {
        // Every step, some candidate asks some voter; a vote counts within the campaign that asked for it.
        var nodes = Enumerable.Range(0, count).Select(i => new NodeAddress("n", i)).ToArray();
        var voters = nodes.ToDictionary(node => node, _ => Election.New);
        var campaigns = nodes.ToDictionary(node => node, _ => (Began: long.MinValue, Votes: new HashSet<NodeAddress>()));
        var won = new List<(NodeAddress Node, long From, long Until)>();
        var now = 0L;
        foreach (var step in steps)
        {
            now += step * 20;
            var (candidate, voter) = (nodes[step % count], nodes[(step / 7) % count]);
            var campaign = campaigns[candidate];
            if (campaign.Began == long.MinValue || now - campaign.Began >= Election.CampaignMilliseconds)
                campaigns[candidate] = campaign = (now, []);
            (voters[voter], var granted) = voters[voter].Vote(candidate, now);
            if (!granted) continue;
            campaign.Votes.Add(voter);
            // In force while voters wait for it: until it is known to all, or given up.
            if (Election.IsMajority(campaign.Votes.Count, count)) won.Add((candidate, now, campaign.Began + Election.HoldMilliseconds));
        }

        return won.All(one => won.All(other => one.Node == other.Node || one.Until <= other.From || other.Until <= one.From));
    });

    private static Dictionary<NodeAddress, bool> Answers(params (NodeAddress Node, bool InCluster)[] answers) =>
        answers.ToDictionary(answer => answer.Node, answer => answer.InCluster);
}
