using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Redis.Tests;

public class BreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Breaker _breaker;

    public BreakerTests() => _breaker = new Breaker(_time);

    [Fact]
    public void Before_anybody_has_answered_no_call_is_made_but_a_probe()
    {
        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.True(_breaker.TryProbe());
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        Assert.True(_breaker.ProbeSucceeded());
        Assert.True(_breaker.IsClosed);
    }

    [Fact]
    public void While_open_one_probe_a_second_is_made()
    {
        var probes = 0;
        for (var i = 0; i < 100; i++)
        {
            if (_breaker.TryProbe())
            {
                probes++;
                Assert.False(_breaker.TryProbe());
                Assert.False(_breaker.ProbeFailed(_time.GetTimestamp()));
            }

            Assert.False(_breaker.IsClosed);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(10, probes);
    }

    [Fact]
    public void While_closed_a_probe_a_second_is_made_too_and_others_may_call_meanwhile()
    {
        Close();

        Assert.False(_breaker.TryProbe());
        _time.Advance(Breaker.ProbeInterval);
        Assert.True(_breaker.TryProbe());
        Assert.True(_breaker.IsClosed);
        Assert.False(_breaker.ProbeSucceeded());
    }

    [Fact]
    public void A_probe_that_is_refused_opens_it_at_once()
    {
        Close();
        _breaker.ProbeRefused();
        Assert.Equal(BreakerState.Open, _breaker.State);

        _time.Advance(Breaker.ProbeInterval);
        Assert.True(_breaker.TryProbe());
        _breaker.ProbeRefused();
        Assert.Equal(BreakerState.Open, _breaker.State);
    }

    [Fact]
    public void Three_failures_in_a_row_open_it()
    {
        Close();

        Assert.False(Fail());
        Assert.False(Fail());
        Assert.True(_breaker.IsClosed);
        Assert.True(Fail());
        Assert.Equal(BreakerState.Open, _breaker.State);
        Assert.False(Fail());
    }

    [Fact]
    public void A_success_in_between_starts_the_count_again()
    {
        Close();

        for (var i = 0; i < 10; i++)
        {
            Fail();
            Fail();
            _breaker.Succeeded();
        }

        Assert.True(_breaker.IsClosed);
    }

    [Fact]
    public void Calls_that_fail_together_count_as_one()
    {
        Close();
        var began = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(20));

        for (var i = 0; i < 100; i++) Assert.False(_breaker.Failed(began));
        Assert.False(Fail());
        Assert.True(Fail());
    }

    [Fact]
    public void A_probe_that_fails_while_closed_is_a_failure_like_others()
    {
        Close();

        for (var i = 0; i < 2; i++)
        {
            _time.Advance(Breaker.ProbeInterval);
            Assert.True(_breaker.TryProbe());
            Assert.False(_breaker.ProbeFailed(_time.GetTimestamp()));
        }

        _time.Advance(Breaker.ProbeInterval);
        Assert.True(_breaker.TryProbe());
        Assert.True(_breaker.ProbeFailed(_time.GetTimestamp()));
    }

    [Fact]
    public void A_lost_connection_opens_it_at_once()
    {
        Close();

        Assert.True(_breaker.ConnectionLost());
        Assert.False(_breaker.IsClosed);
        Assert.False(_breaker.ConnectionLost());
    }

    [Fact]
    public void The_answer_of_a_probe_from_before_the_connection_was_lost_says_nothing()
    {
        Assert.True(_breaker.TryProbe());
        _breaker.ConnectionLost();

        Assert.False(_breaker.ProbeSucceeded());
        Assert.False(_breaker.IsClosed);
    }

    [Fact]
    public void Answers_to_calls_from_before_it_opened_do_not_close_it()
    {
        Close();
        _breaker.ConnectionLost();

        _breaker.Succeeded();
        Assert.False(_breaker.IsClosed);
    }

    private void Close()
    {
        _breaker.TryProbe();
        _breaker.ProbeSucceeded();
    }

    private bool Fail()
    {
        var began = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return _breaker.Failed(began);
    }
}
