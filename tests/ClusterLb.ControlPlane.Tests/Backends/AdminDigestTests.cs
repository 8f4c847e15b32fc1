using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminDigestTests
{
    private static readonly AdminIntent s_intent = new("app/b1", AdminState.Draining, 5, 60_000, 1_000, 7, "lb1");

    [Fact]
    public void Whatever_differs_in_one_field_differs_in_its_digest()
    {
        AdminIntent[] all =
        [
            s_intent, s_intent with { Backend = "app/b2" }, s_intent with { State = AdminState.Maintenance },
                s_intent with { Weight = null }, s_intent with { Weight = 0 },
            s_intent with { DeadlineUtcMilliseconds = 60_001 }, s_intent with { SinceUtcMilliseconds = 1_001 },
                s_intent with { Version = 8 }, s_intent with { Node = "lb2" },
        ];

        Assert.Equal(all.Length, all.Select(AdminDigest.Of).Distinct().Count());
    }

    [Fact]
    public void The_order_does_not_count_and_nothing_is_zero()
    {
        var other = s_intent with { Backend = "app/b2" };

        Assert.Equal(AdminDigest.Of([s_intent, other]), AdminDigest.Of([other, s_intent]));
        Assert.Equal(0UL, AdminDigest.Of([]));
        Assert.Equal(AdminDigest.Of(other), AdminDigest.Of([s_intent, other]) ^ AdminDigest.Of(s_intent));
    }

    [Fact]
    public void A_drains_mode_has_a_digest_of_its_own_that_tells_backends_and_versions_apart()
    {
        var moves = s_intent with { MovesSessions = true };
        AdminIntent[] all = [s_intent, moves, moves with { Backend = "app/b2" }, moves with { Version = 8 }];

        Assert.Equal(AdminDigest.Of(s_intent), AdminDigest.Of(moves));
        Assert.Equal(0UL, AdminDigest.OfMode(s_intent));
        Assert.Equal(all.Length, all.Select(AdminDigest.OfMode).Distinct().Count());
    }

    [Fact]
    public void Nodes_of_every_release_have_the_same_digest() => Assert.Equal(0x7A05C9840291EEBAUL, AdminDigest.Of(s_intent));
}
