using ClusterLb.Core.Reload;

namespace ClusterLb.Core.Tests.Reload;

public class ReloadRoundTests
{
    private static readonly ReloadOffer s_offer = new("f1", ["pools.app.balance: p2c -> random"], [], [])
    {
        Keys = [new SharedKey("pools.app.balance", "random"), new SharedKey("pools.app.hash.key", "path")],
    };

    private static readonly ReloadRound s_asked = ReloadRound.Of("lb1", ["lb1", "lb2", "lb3"]).With("lb1", s_offer);

    [Fact]
    public void All_switch_when_all_offer_the_same_and_to_an_epoch_that_none_of_them_has_seen()
    {
        var round = s_asked.With("lb2", s_offer with { Keys = [], Epoch = 7 }).With("lb3", s_offer with { Keys = [], Epoch = 4 });

        Assert.True(round.IsComplete);
        Assert.Empty(round.Refusals("10 s"));
        Assert.Equal(new ReloadEpoch(8, "f1"), round.Next);
    }

    [Fact]
    public void Who_has_not_answered_is_named()
    {
        var round = s_asked.With("lb3", s_offer);

        Assert.False(round.IsComplete);
        Assert.Equal(["lb2: did not answer within 10 s"], round.Refusals("10 s"));
    }

    [Fact]
    public void Every_problem_of_every_node_is_a_line_that_begins_with_its_name()
    {
        var round = s_asked.With("lb2", ReloadOffer.Refused("a.conf:1: one", "a.conf:2: two")).With("lb3", ReloadOffer.Refused("three"));

        Assert.Equal(["lb2: a.conf:1: one", "lb2: a.conf:2: two", "lb3: three"], round.Refusals("10 s"));
    }

    [Fact]
    public void A_node_that_has_other_files_is_named_with_the_keys_that_differ()
    {
        var other = s_offer with
        {
            Fingerprint = "f2",
            Keys = [new SharedKey("pools.app.balance", "p2c"), new SharedKey("pools.app.hash.key", "path"), new SharedKey("pools.b.x", "")],
        };

        var round = s_asked.With("lb2", s_offer with { Keys = [] }).With("lb3", other);

        Assert.Equal(
            ["lb3: pools.app.balance is p2c on lb3, and random on lb1", "lb3: pools.b.x is something on lb3, and not there on lb1"],
            round.Refusals("10 s"));
    }

    [Fact]
    public void A_node_that_does_not_say_in_what_it_differs_is_named_all_the_same()
    {
        var round = s_asked.With("lb2", s_offer).With("lb3", s_offer with { Fingerprint = "f2", Keys = [] });

        Assert.Equal(["lb3: its files are another configuration, f2, than those of lb1, f1"], round.Refusals("10 s"));
    }

    [Fact]
    public void Of_many_keys_that_differ_ten_are_told()
    {
        var keys = Enumerable.Range(0, 25).Select(i => new SharedKey($"pools.p{i:00}.balance", "p2c"));
        var lines = KeyComparison.Tell("lb1", "lb2", [], [.. keys]);

        Assert.Equal(11, lines.Count);
        Assert.StartsWith("pools.p00.balance is p2c on lb2, and not there on lb1", lines[0], StringComparison.Ordinal);
        Assert.Equal("15 more keys differ", lines[^1]);
    }

    [Fact]
    public void Of_a_long_value_that_part_is_told_in_which_it_differs()
    {
        var same = new string('a', 100);

        static string Tell(string own, string other) =>
            Assert.Single(KeyComparison.Tell("lb1", "lb2", [new SharedKey("k", own)], [new SharedKey("k", other)]));

        Assert.Equal($"k is ...{new string('a', 57)}, c on lb2, and ...{new string('a', 57)}, b on lb1", Tell(same + ", b", same + ", c"));
        Assert.Equal($"k is c on lb2, and {new string('a', 60)}... on lb1", Tell(same, "c"));
    }

    [Fact]
    public void A_second_answer_and_one_of_somebody_else_change_nothing()
    {
        Assert.Equal(s_asked, s_asked.With("lb1", ReloadOffer.Refused("late")).With("lb9", s_offer));
    }
}
