using System.Net;
using ClusterLb.Node.Dns.Serving;
using CsCheck;

namespace ClusterLb.Node.Tests.Dns.Serving;

public class NetworkBucketsTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.254", true)]
    [InlineData("192.0.2.1", "192.0.3.1", false)]
    [InlineData("2001:db8:0:aa00::1", "2001:db8:0:aaff::9", true)]
    [InlineData("2001:db8:0:aa00::1", "2001:db8:0:ab00::1", false)]
    [InlineData("0.0.1.0", "::", false)]
    public void A_network_is_a_24_of_IPv4_and_a_56_of_IPv6(string one, string other, bool isSame) =>
        Assert.Equal(isSame, NetworkOf(one) == NetworkOf(other));

    [Fact]
    public void A_second_s_answers_are_given_at_once_and_then_as_many_as_come_in()
    {
        var buckets = new NetworkBuckets(10, seed: 1);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(Allowance.Whole, buckets.Take(1, 5_000)));
        Assert.Equal([Allowance.Cut, Allowance.None, Allowance.Cut, Allowance.None],
            Enumerable.Range(0, 4).Select(_ => buckets.Take(1, 5_000)));
        Assert.Equal(Allowance.Cut, buckets.Take(1, 5_099));
        Assert.Equal(Allowance.Whole, buckets.Take(1, 5_100));
        Assert.Equal(Allowance.None, buckets.Take(1, 5_100));
    }

    [Fact]
    public void Each_network_has_its_own()
    {
        var buckets = new NetworkBuckets(1, seed: 1);

        Assert.Equal([Allowance.Whole, Allowance.Cut, Allowance.Whole], [buckets.Take(1, 0), buckets.Take(1, 0), buckets.Take(2, 0)]);
    }

    [Fact]
    public void No_rate_is_no_limit()
    {
        var buckets = new NetworkBuckets(0, seed: 1);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(Allowance.Whole, buckets.Take(1, 0)));
    }

    /// <summary>However queries come, one network has no more than a second's answers and what came in since.</summary>
    [Fact]
    public void No_network_gets_more_than_its_rate() =>
        Gen.Select(Gen.Int[1, 50], Gen.ULong, Gen.Int[0, 40].Array[1, 400]).Sample((rate, seed, pauses) =>
        {
            var (buckets, now, whole) = (new NetworkBuckets(rate, seed), 0L, 0L);
            foreach (var pause in pauses)
            {
                now += pause;
                if (buckets.Take(seed, now) == Allowance.Whole) whole++;
            }

            Assert.InRange(whole, 1, rate + (rate * now / 1_000));
        });

    /// <summary>More networks than there is room for: each is limited or begins anew, and nothing grows.</summary>
    [Fact]
    public void Any_number_of_networks_has_room()
    {
        var buckets = new NetworkBuckets(2, seed: 3);

        for (var round = 0; round < 3; round++)
        {
            for (var network = 0UL; network < 100_000; network++)
                Assert.InRange(buckets.Take(network, round), Allowance.Whole, Allowance.None);
        }
    }

    private static ulong NetworkOf(string address) => ClientNetwork.Of(IPAddress.Parse(address).GetAddressBytes());
}
