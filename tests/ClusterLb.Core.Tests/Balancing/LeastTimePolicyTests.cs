using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class LeastTimePolicyTests
{
    [Fact]
    public void The_faster_backend_is_preferred_and_the_slow_one_gets_another_chance_later()
    {
        var test = new PickerTest("least-time", 2) { Now = 1_000 };
        PeakEwma.Observe(test.Members[0].Load, 10_000, 1_000);
        PeakEwma.Observe(test.Members[1].Load, 1_000, 1_000);
        Assert.Equal([0, 100], test.Counts(100));

        // Its average fades while nobody asks it; the fast one's is kept fresh.
        test.Now = 61_000;
        PeakEwma.Observe(test.Members[1].Load, 1_000, 61_000);
        Assert.Same(test.Members[0], test.Pick());
    }

    [Fact]
    public void In_flight_work_weighs_like_time()
    {
        var test = new PickerTest("least-time", 2) { Now = 1 };
        foreach (var member in test.Members) PeakEwma.Observe(member.Load, 1_000, 1);
        test.Members[0].TryLease(out _);

        Assert.Same(test.Members[1], test.Pick());
    }

    [Fact]
    public void Work_of_the_other_nodes_weighs_like_time()
    {
        var test = new PickerTest("least-time", 2) { Now = 1 };
        foreach (var member in test.Members) PeakEwma.Observe(member.Load, 1_000, 1);
        test.Members[0].Load.SetRemote(4, nodes: 2);

        Assert.Same(test.Members[1], test.Pick());
    }

    [Fact]
    public void A_new_backend_gets_work_but_not_all_of_it()
    {
        var test = new PickerTest("least-time", 3) { Now = 1 };
        PeakEwma.Observe(test.Members[0].Load, 1_000, 1);
        PeakEwma.Observe(test.Members[1].Load, 1_000, 1);
        for (var i = 0; i < 30; i++) test.Pick()!.TryLease(out _);

        Assert.InRange(test.Members[2].Load.InFlight, 5, 15);
    }

    [Fact]
    public void Among_many_the_fast_ones_are_preferred_and_a_change_is_noticed()
    {
        var test = new PickerTest("least-time", 100) { Now = 1_000 };
        foreach (var member in test.Members) PeakEwma.Observe(member.Load, member.Index < 10 ? 1_000 : 50_000, 1_000);
        Assert.All(test.Counts(1_000)[..10], count => Assert.InRange(count, 50, 150));

        for (var at = 1_001; at < 120_000; at += 1_000)
        {
            foreach (var member in test.Members) PeakEwma.Observe(member.Load, 100_000, at);
        }

        PeakEwma.Observe(test.Members[99].Load, 100, 500_000);
        // A round of reading what fell.
        test.Counts(25);
        Assert.Equal(99, test.Pick()!.Index);
    }

    [Theory]
    [InlineData(19, 1)]
    [InlineData(1, 1)]
    [InlineData(8, 1, 1)]
    [InlineData(5, 3, 2)]
    [InlineData(9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    public void Response_times_that_differ_as_they_do_anyway_and_single_slow_ones_change_no_share(params int[] weights)
    {
        var test = new PickerTest("least-time", weights);
        var random = new LoopRandom(3);
        var (counts, microseconds) = (new int[weights.Length], 0L);
        for (var i = 0; i < 10_000; i++)
        {
            var picked = test.Pick()!;
            counts[picked.Index]++;
            var time = random.Next(200) == 0 ? 10_000 : 200 + random.Next(150);
            test.Now = (microseconds += time) / 1_000;
            PeakEwma.Observe(picked.Load, time, test.Now);
        }

        for (var i = 0; i < weights.Length; i++) Assert.InRange(counts[i] / 10_000.0, Share(i) - 0.02, Share(i) + 0.02);

        double Share(int i) => weights[i] / (double)weights.Sum();
    }

    [Theory]
    [InlineData(1_000, 1_900)]
    [InlineData(100, 1_000)]
    public void Less_than_twice_or_a_millisecond_makes_no_difference_while_nobody_is_busy(int one, int other)
    {
        var test = new PickerTest("least-time", [1, 3]) { Now = 1 };
        PeakEwma.Observe(test.Members[0].Load, one, 1);
        PeakEwma.Observe(test.Members[1].Load, other, 1);
        Assert.InRange(test.Counts(400)[0], 98, 102);
    }

    [Fact]
    public void A_backend_that_becomes_slow_is_avoided_after_some_responses_and_one_that_was_slow_has_no_more_than_its_turns()
    {
        var test = new PickerTest("least-time", [1, 3]) { Now = 10 };
        foreach (var member in test.Members) PeakEwma.Observe(member.Load, 1_000, 10);
        var slow = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var picked = test.Pick()!;
            test.Now += picked.Index == 0 ? 50 : 1;
            PeakEwma.Observe(picked.Load, picked.Index == 0 ? 50_000 : 1_000, test.Now);
            slow += picked.Index == 0 ? 1 : 0;
        }

        Assert.InRange(slow, 2, 20);

        // Five minutes later nobody knows any more how slow it is.
        test.Now += 300_000;
        PeakEwma.Observe(test.Members[1].Load, 1_000, test.Now);
        Assert.InRange(test.Counts(400)[0], 95, 105);
    }

    [Fact]
    public void A_slower_response_counts_at_once_and_faster_ones_move_the_average_over_time()
    {
        var load = new PickerTest("least-time", 1).Members[0].Load;
        PeakEwma.Observe(load, 1_000, 0);
        PeakEwma.Observe(load, 5_000, 10);
        Assert.Equal(5_000, load.ResponseMicroseconds);
        PeakEwma.Observe(load, 1_000, 20);
        Assert.InRange(load.ResponseMicroseconds, 4_900, 4_999.9);
        PeakEwma.Observe(load, 1_000, 60_000);
        Assert.InRange(load.ResponseMicroseconds, 1_000, 1_050);
    }

    [Fact]
    public void What_a_response_takes_unhindered_falls_at_once_and_rises_when_several_are_slower()
    {
        var load = new PickerTest("least-time", 1).Members[0].Load;
        PeakEwma.Observe(load, 5_000, 0);
        PeakEwma.Observe(load, 1_000, 10);
        Assert.Equal(1_000, load.UnhinderedMicroseconds);
        PeakEwma.Observe(load, 5_000, 20);
        Assert.Equal(1_100, load.UnhinderedMicroseconds, 1e-6);
        PeakEwma.Observe(load, 1_200, 60_000);
        Assert.Equal(1_200, load.UnhinderedMicroseconds);
        for (var i = 0; i < 16; i++) PeakEwma.Observe(load, 5_000, 60_000 + i);
        Assert.Equal(5_000, load.UnhinderedMicroseconds);
    }
}
