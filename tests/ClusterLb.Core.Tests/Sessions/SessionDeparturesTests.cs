using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

public sealed class SessionDeparturesTests
{
    private readonly SessionDepartures _departures = new();

    [Fact]
    public void Each_backend_has_its_own_counts_by_why_sessions_left()
    {
        for (var i = 0; i < 3; i++) _departures.Moved(1);
        _departures.Expired(1);
        _departures.Expired(2);

        Assert.Equal((3, 1), _departures.Of(1));
        Assert.Equal((0, 1), _departures.Of(2));
        Assert.Equal((0, 0), _departures.Of(3));
    }

    [Fact]
    public void A_backend_that_is_configured_again_begins_anew()
    {
        _departures.Moved(1);
        _departures.Moved(2);
        _departures.Forget(1);

        Assert.Equal((0, 0), _departures.Of(1));
        Assert.Equal((1, 0), _departures.Of(2));
    }
}
