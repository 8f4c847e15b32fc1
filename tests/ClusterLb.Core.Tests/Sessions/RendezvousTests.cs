using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class RendezvousTests
{
    private const int Sessions = 60_000;

    [Fact]
    public void Sessions_are_spread_by_weight_within_three_percent()
    {
        var members = Members(1, 2, 3);
        var counts = new int[3];
        foreach (var session in Keys()) counts[Pick(session, members, 1, 2, 3).Index]++;

        for (var i = 0; i < 3; i++) Assert.InRange(counts[i], Sessions / 6 * (i + 1) * 0.97, Sessions / 6 * (i + 1) * 1.03);
    }

    [Fact]
    public void A_backend_that_goes_takes_nobody_along_but_its_own_and_these_spread_evenly()
    {
        var members = Members(1, 1, 1, 1);
        var moved = new int[4];
        foreach (var session in Keys())
        {
            var (before, after) = (Pick(session, members, 1, 1, 1, 1), Pick(session, members, 1, 0, 1, 1));
            if (before.Index == 1) moved[after.Index]++;
            else Assert.Same(before, after);
        }

        var share = moved.Sum() / 3.0;
        Assert.All([moved[0], moved[2], moved[3]], count => Assert.InRange(count, share * 0.95, share * 1.05));
    }

    [Fact]
    public void The_answer_depends_on_names_and_weights_only_not_on_their_order_in_the_file()
    {
        Backend[] one = [Named("a", 0), Named("b", 1), Named("c", 2)], other = [Named("c", 0), Named("a", 1), Named("b", 2)];
        foreach (var session in Keys().Take(1_000)) Assert.Equal(Pick(session, one, 1, 5, 2).Name, Pick(session, other, 2, 1, 5).Name);
    }

    [Fact]
    public void Another_weight_moves_sessions_to_or_from_its_backend_only()
    {
        var members = Members(1, 1, 1);
        foreach (var session in Keys())
        {
            var (before, after) = (Pick(session, members, 1, 1, 1), Pick(session, members, 1, 3, 1));
            Assert.True(before == after || after.Index == 1);
        }
    }

    [Fact]
    public void Who_was_tried_is_passed_over_and_nobody_left_is_nobody()
    {
        var members = Members(1, 1);
        var eligible = new Eligibility(members, [1, 1], failOpen: false);
        var first = Rendezvous.Pick(new SessionKey(5), eligible, default)!;
        var tried = default(Tried);
        tried.Add(first);

        Assert.NotSame(first, Rendezvous.Pick(new SessionKey(5), eligible, tried));
        Assert.Null(Rendezvous.Pick(new SessionKey(5), Eligibility.None, default));
    }

    private static Backend Pick(SessionKey session, Backend[] members, params int[] weights) =>
        Rendezvous.Pick(session, new Eligibility(members, weights, failOpen: false), default)!;

    private static IEnumerable<SessionKey> Keys()
    {
        var random = new LoopRandom(7);
        for (var i = 0; i < Sessions; i++) yield return new SessionKey(random.Next());
    }

    private static Backend[] Members(params int[] weights) =>
        [.. weights.Select((weight, index) =>
            new Backend("app", $"b{index}", new IPEndPoint(IPAddress.Loopback, 9001 + index), index, weight, 0))];

    private static Backend Named(string name, int index) => new("app", name, new IPEndPoint(IPAddress.Loopback, 9001), index, 1, 0);
}
