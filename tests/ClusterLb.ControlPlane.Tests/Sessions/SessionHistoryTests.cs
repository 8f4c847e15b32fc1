using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>The checker finds what it is there to find.</summary>
public sealed class SessionHistoryTests
{
    private static readonly Binding s_old = Bindings.Of(1, backend: 1);
    private static readonly Binding s_new = Bindings.Of(1, backend: 2, version: 2);

    private readonly SessionHistory _history = new(Bindings.Key(1));

    [Fact]
    public void A_session_that_moves_once_for_everybody_is_well()
    {
        _history.Served("lb1", s_old, _history.Begin());
        var before = _history.Begin();
        _history.Moved("lb1", s_new, _history.Begin());
        _history.Moved("lb2", s_new, _history.Begin());
        _history.Served("lb3", s_old, before);
        _history.Served("lb3", s_new, _history.Begin());

        Assert.Equal("", _history.Check());
    }

    [Fact]
    public void A_request_that_begins_after_the_acknowledgement_and_goes_to_the_old_backend_is_found_and_told()
    {
        _history.Served("lb1", s_old, _history.Begin());
        _history.Moved("lb1", s_new, _history.Begin());
        _history.Served("lb2", s_old, _history.Begin());

        var told = _history.Check();

        Assert.Contains("lb2 served by 1 what began at 5, after the move was acknowledged at 4", told, StringComparison.Ordinal);
        Assert.Contains("lb1 moved to 2 version 2", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_moves_to_two_backends_is_found()
    {
        _history.Moved("lb1", s_new, _history.Begin());
        _history.Moved("lb2", s_new with { Backend = 3 }, _history.Begin());

        Assert.Contains("it moved to 2 as version 2 and to 3 as version 2", _history.Check(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_moves_twice_is_found()
    {
        _history.Moved("lb1", s_new, _history.Begin());
        _history.Moved("lb2", s_new with { Version = 3 }, _history.Begin());

        Assert.Contains("as version 3", _history.Check(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_never_moves_proves_nothing() =>
        Assert.Contains("it never moved", _history.Check(), StringComparison.Ordinal);
}
