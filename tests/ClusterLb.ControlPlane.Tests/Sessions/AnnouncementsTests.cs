using Akka.Actor;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class AnnouncementsTests
{
    private static readonly Asker s_one = new(ActorRefs.Nobody, Bindings.Of(1));
    private static readonly Asker s_two = new(ActorRefs.Nobody, Bindings.Of(2));

    private readonly Announcements _announcements = new(250);

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

    [Theory]
    [InlineData(100, 250)]
    [InlineData(1_000, 1_000)]
    public void What_must_be_known_everywhere_waits_for_250_ms_or_as_long_as_an_answer_that_begins_a_session(int learn, int announce) =>
        Assert.Equal(announce, Announcements.PatienceOf(Configs.Sessions with { LearnTimeout = TimeSpan.FromMilliseconds(learn) })
            .TotalMilliseconds);
}
