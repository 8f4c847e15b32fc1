using ClusterLb.Node.Dns.Zones;

namespace ClusterLb.Node.Tests.Dns.Zones;

public class ZoneSerialTests
{
    [Fact]
    public void It_begins_at_the_time_of_day_so_that_a_new_cluster_goes_on() => Assert.Equal(1_000u, ZoneSerial.Next(0, 0, true, 1_000));

    [Fact]
    public void A_change_is_a_higher_one_even_within_a_second() => Assert.Equal(1_001u, ZoneSerial.Next(1_000, 0, true, 1_000));

    [Fact]
    public void The_highest_that_anybody_told_is_everybody_s() => Assert.Equal(1_005u, ZoneSerial.Next(1_000, 1_005, false, 2_000));

    [Fact]
    public void A_change_is_above_all_that_were_told() => Assert.Equal(3_001u, ZoneSerial.Next(1_000, 3_000, true, 2_000));

    [Fact]
    public void Nothing_new_is_no_new_one() => Assert.Equal(1_000u, ZoneSerial.Next(1_000, 999, false, 2_000));
}
