namespace ClusterLb.Core.Tests.Balancing;

public sealed class P2cPolicyTests
{
    [Fact]
    public void Of_two_backends_the_less_loaded_is_always_picked()
    {
        var test = new PickerTest("p2c", 2);
        test.Members[0].TryLease(out _);

        Assert.Equal([0, 1_000], test.Counts(1_000));
    }

    [Fact]
    public void What_the_other_nodes_have_in_flight_counts()
    {
        var test = new PickerTest("p2c", 2);
        test.Members[1].TryLease(out _);
        test.Members[0].Load.SetRemote(10, nodes: 2);
        Assert.Equal([0, 1_000], test.Counts(1_000));

        // The report is replaced, never added to.
        test.Members[0].Load.SetRemote(0, nodes: 2);
        Assert.Equal([1_000, 0], test.Counts(1_000));
    }

    [Fact]
    public void With_few_requests_per_backend_ties_go_to_those_picked_less_lately()
    {
        var counts = new PickerTest("p2c", 1_600).Counts(1_600 * 625);

        // Pure random draws would spread over some 530 to 720; HAProxy's model with this tie-break reaches 580 to 628.
        Assert.InRange(counts.Min(), 580, 625);
        Assert.InRange(counts.Max(), 625, 670);
    }

    [Fact]
    public void Of_two_backends_equally_loaded_for_their_weights_each_gets_as_much_as_it_weighs()
    {
        var test = new PickerTest("p2c", [1, 3]);
        for (var i = 0; i < 3; i++) test.Members[1].TryLease(out _);
        test.Members[0].TryLease(out _);

        Assert.InRange(test.Counts(4_000)[0], 990, 1_010);
    }

    [Fact]
    public void What_a_backend_missed_while_it_was_busy_is_not_made_up_for_without_end()
    {
        var test = new PickerTest("p2c", 2);
        test.Members[0].TryLease(out var lease);
        Assert.Equal([0, 10_000], test.Counts(10_000));
        lease.Return();

        Assert.InRange(test.Counts(1_000)[0], 500, 530);
    }
}
