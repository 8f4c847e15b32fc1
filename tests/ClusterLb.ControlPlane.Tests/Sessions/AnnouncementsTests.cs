using Akka.Actor;
using ClusterLb.ControlPlane.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class AnnouncementsTests
{
    private static readonly Asker s_one = new(ActorRefs.Nobody, Bindings.Of(1));
    private static readonly Asker s_two = new(ActorRefs.Nobody, Bindings.Of(2));

    private readonly Announcements _announcements = new();

    [Fact]
    public void Who_asked_is_answered_when_the_last_peer_has_it()
    {
        _announcements.Add([s_one, s_two], [1, 2], 0);

        Assert.Empty(_announcements.Confirm(2));
        Assert.Empty(_announcements.Confirm(3));
        Assert.Equal([s_one, s_two], _announcements.Confirm(1));
        Assert.Empty(_announcements.Confirm(1));
        Assert.Empty(_announcements.Expire(1_000));
        Assert.False(_announcements.Any);
    }

    [Fact]
    public void Who_does_not_confirm_in_time_is_not_waited_for()
    {
        _announcements.Add([s_one], [1, 2], 0);
        _announcements.Add([s_two], [3], 100);
        _announcements.Confirm(1);

        Assert.Empty(_announcements.Expire(249));
        Assert.Equal([s_one], _announcements.Expire(250));
        Assert.Empty(_announcements.Confirm(2));
        Assert.Equal([s_two], _announcements.Confirm(3));
    }
}
