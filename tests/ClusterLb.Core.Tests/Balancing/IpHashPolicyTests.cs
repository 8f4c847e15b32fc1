namespace ClusterLb.Core.Tests.Balancing;

public sealed class IpHashPolicyTests
{
    [Fact]
    public void It_sends_a_key_where_consistent_hash_sends_it() =>
        Assert.Equal(new PickerTest("consistent-hash", 7).Owners(2_000), new PickerTest("ip-hash", 7).Owners(2_000));
}
