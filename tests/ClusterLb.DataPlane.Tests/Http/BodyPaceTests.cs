using ClusterLb.DataPlane.Http;

namespace ClusterLb.DataPlane.Tests.Http;

public sealed class BodyPaceTests
{
    private const long Idle = 30_000;

    [Fact]
    public void Silence_ends_with_the_grace() => Assert.Equal(1_000 + BodyPace.GraceMilliseconds, new BodyPace(240).Wait(1_000, received: 0, Idle));

    [Fact]
    public void Every_byte_buys_time_up_to_the_idle_time()
    {
        var pace = new BodyPace(240);
        Assert.Equal(BodyPace.GraceMilliseconds + 1_000, pace.Wait(0, received: 240, Idle));
        Assert.Equal(Idle, pace.Wait(0, received: 1_000_000, Idle));
    }

    [Fact]
    public void A_trickle_runs_out_of_time_however_often_it_is_heard_of()
    {
        var pace = new BodyPace(240);
        long now = 0;
        long received = 0;
        while (pace.Wait(now, received, Idle) >= now + 1_000)
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
        pace.Wait(0, received: 0, Idle);
        pace.Waited(10);
        Assert.Equal(60_000 + BodyPace.GraceMilliseconds - 10, pace.Wait(60_000, received: 0, Idle));
    }

    [Fact]
    public void Without_a_rate_only_idle_time_counts()
    {
        var pace = new BodyPace(0);
        pace.Wait(0, received: 0, Idle);
        pace.Waited(29_000);
        Assert.Equal(29_000 + Idle, pace.Wait(29_000, received: 1, Idle));
    }
}
