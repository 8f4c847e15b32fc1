using ClusterLb.DataPlane.Requests;

namespace ClusterLb.DataPlane.Tests.Requests;

public sealed class BodyPaceTests
{
    [Fact]
    public void Silence_ends_with_the_grace() =>
        Assert.Equal(1_000 + BodyPace.GraceMilliseconds, new BodyPace(240).Wait(1_000, received: 0));

    [Fact]
    public void Every_byte_buys_time() => Assert.Equal(BodyPace.GraceMilliseconds + 1_000, new BodyPace(240).Wait(0, received: 240));

    [Fact]
    public void A_trickle_runs_out_of_time_however_often_it_is_heard_of()
    {
        var pace = new BodyPace(240);
        long now = 0;
        long received = 0;
        while (pace.Wait(now, received) >= now + 1_000)
        {
            now += 1_000;
            received += 24;
            pace.Waited(now);
        }

        // A tenth of the rate: a second of waiting buys a tenth of a second.
        Assert.InRange(now, BodyPace.GraceMilliseconds - 1_000, BodyPace.GraceMilliseconds + 1_000);
    }

    [Fact]
    public void The_time_a_backend_takes_is_not_the_clients()
    {
        var pace = new BodyPace(240);
        pace.Wait(0, received: 0);
        pace.Waited(10);
        Assert.Equal(60_000 + BodyPace.GraceMilliseconds - 10, pace.Wait(60_000, received: 0));
    }

    [Fact]
    public void Who_sends_less_than_the_rate_falls_short_from_the_moment_that_what_came_has_paid_for()
    {
        var pace = new BodyPace(240);
        pace.Wait(0, received: 240);
        Assert.Equal(long.MaxValue, pace.ShortSince(999, received: 240));
        Assert.Equal(1_000, pace.ShortSince(1_000, received: 240));
        Assert.Equal(1_000, pace.ShortSince(9_000, received: 240));
        pace.Waited(9_000);
        pace.Wait(50_000, received: 480);
        Assert.Equal(43_000, pace.ShortSince(50_000, received: 480));
        Assert.Equal(long.MaxValue, pace.ShortSince(50_000, received: 2_400));
    }

    [Fact]
    public void Without_a_rate_nobody_is_too_slow()
    {
        var pace = new BodyPace(0);
        Assert.True(pace.Wait(0, received: 0) > 1_000_000_000_000);
        pace.Waited(29_000);
        Assert.True(pace.Wait(29_000, received: 1) > 1_000_000_000_000);
        Assert.Equal(long.MaxValue, pace.ShortSince(1_000_000_000, received: 1));
    }
}
