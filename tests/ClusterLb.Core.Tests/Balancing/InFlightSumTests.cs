using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class InFlightSumTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    public void After_a_round_of_reading_it_is_exact(int backends)
    {
        var test = new PickerTest("random", backends);
        var sum = new InFlightSum();
        sum.Refresh(test.Eligible);
        foreach (var member in test.Members) member.TryLease(out _);
        test.Members[0].TryLease(out _);
        for (var i = 0; i <= backends / 4; i++) sum.Refresh(test.Eligible);

        Assert.Equal((backends + 1.0, backends * 100), (sum.Pressure, sum.Weight));
    }
}
