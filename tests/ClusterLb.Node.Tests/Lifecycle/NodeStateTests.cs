using ClusterLb.Node.Lifecycle;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Lifecycle;

public sealed class NodeStateTests
{
    private readonly FakeTimeProvider _time = new();
    private bool _isInformed;
    private bool _canAsk;

    private NodeState State => field ??= new NodeState(() => _isInformed, () => _canAsk, _time);

    [Fact]
    public void Once_informed_it_stays_so()
    {
        Assert.False(State.IsInformed);
        _isInformed = true;
        Assert.True(State.IsInformed);

        _isInformed = false;

        Assert.True(State.IsInformed);
    }

    [Fact]
    public void A_node_that_could_ask_for_ten_seconds_and_learned_nothing_goes_on()
    {
        Assert.False(State.IsInformed);
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.False(State.IsInformed);
        _canAsk = true;
        Assert.False(State.IsInformed);

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(State.IsInformed);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(State.IsInformed);
    }

    [Fact]
    public void A_node_that_cannot_even_ask_goes_on_after_thirty_seconds()
    {
        Assert.False(State.IsInformed);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(State.IsInformed);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(State.IsInformed);
    }
}
