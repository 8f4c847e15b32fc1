using ClusterLb.DataPlane.Transport;
using CsCheck;

namespace ClusterLb.DataPlane.Tests.Transport;

public sealed class TimerWheelTests
{
    [Fact]
    public void A_timer_fires_once_never_early_and_at_most_a_tick_late() => Gen.Long[1, 60_000].List[1, 50].Sample(delays =>
    {
        var wheel = new TimerWheel(1_000);
        var timers = delays.Select(delay => new Recorder(1_000 + delay)).ToList();
        foreach (var timer in timers) wheel.EnsureBy(timer, timer.Wanted);
        for (var now = 1_000L; now <= 62_000; now += 5) wheel.Advance(now);

        return timers.TrueForAll(timer => timer.Fired.Count == 1 && timer.Fired[0] >= timer.Wanted
            && timer.Fired[0] <= timer.Wanted + TimerWheel.TickMilliseconds + 5);
    });

    [Fact]
    public void The_next_delay_never_oversleeps_a_timer() => Gen.Long[1, 40_000].List[1, 20].Sample(delays =>
    {
        var wheel = new TimerWheel(0);
        var timers = delays.Select(delay => new Recorder(delay)).ToList();
        foreach (var timer in timers) wheel.EnsureBy(timer, timer.Wanted);
        var now = 0L;
        for (int delay; (delay = wheel.NextDelay(now)) >= 0;)
        {
            now += Math.Max(1, delay);
            wheel.Advance(now);
        }

        return timers.TrueForAll(timer => timer.Fired.Count == 1 && timer.Fired[0] <= timer.Wanted + (2 * TimerWheel.TickMilliseconds));
    });

    [Fact]
    public void A_cancelled_timer_never_fires_even_when_another_cancels_it_in_the_same_slot()
    {
        var wheel = new TimerWheel(0);
        var victim = new Recorder(100);
        var killer = new Recorder(100) { OnFire = () => wheel.Cancel(victim) };
        wheel.EnsureBy(killer, 100);
        wheel.EnsureBy(victim, 100);

        wheel.Advance(1_000);

        Assert.Single(killer.Fired);
        Assert.Empty(victim.Fired);
        Assert.Equal(-1, wheel.NextDelay(1_000));
    }

    [Fact]
    public void A_later_deadline_costs_nothing_and_an_earlier_one_moves_the_timer()
    {
        var wheel = new TimerWheel(0);
        var timer = new Recorder(0);
        wheel.EnsureBy(timer, 1_000);
        wheel.EnsureBy(timer, 5_000);
        wheel.EnsureBy(timer, 200);

        wheel.Advance(300);

        Assert.Single(timer.Fired);
    }

    private sealed class Recorder(long wanted) : LoopTimer
    {
        public long Wanted { get; } = wanted;

        public List<long> Fired { get; } = [];

        public Action? OnFire { get; init; }

        protected internal override void Fire(long nowMilliseconds)
        {
            Fired.Add(nowMilliseconds);
            OnFire?.Invoke();
        }
    }
}
