using ClusterLb.Core.Balancing;

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

        foreach (var member in test.Members) PeakEwma.Observe(member.Load, 100_000, 1_001);
        PeakEwma.Observe(test.Members[99].Load, 100, 500_000);
        // A round of reading what fell.
        test.Counts(25);
        Assert.Equal(99, test.Pick()!.Index);
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
}
