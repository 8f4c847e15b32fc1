using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Tests.Upstream;

public sealed class ResponseTimesTests
{
    [Fact]
    public void Of_the_first_few_only_the_best_is_learned()
    {
        var (load, times) = (new BackendLoad(), new ResponseTimes());
        foreach (var time in (long[])[60_000, 3_000, 250]) times.Observe(load, time, 1);
        Assert.Equal(0, load.ResponseMicroseconds);

        times.Observe(load, 9_000, 1);
        Assert.Equal(250, load.ResponseMicroseconds);
        times.Observe(load, 400, 1);
        Assert.Equal(400, load.ResponseMicroseconds);
    }

    [Fact]
    public void A_response_within_a_microsecond_is_an_observation()
    {
        var (load, times) = (new BackendLoad(), new ResponseTimes());
        for (var i = 0; i < 4; i++) times.Observe(load, 0, 1);

        Assert.Equal(1, load.ResponseMicroseconds);
    }
}
