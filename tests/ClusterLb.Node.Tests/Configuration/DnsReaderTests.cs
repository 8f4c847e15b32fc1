using System.Net;

namespace ClusterLb.Node.Tests.Configuration;

public class DnsReaderTests
{
    [Fact]
    public void Without_a_word_of_it_there_is_none()
    {
        var dns = Conf.Legal(Conf.Read(Conf.Minimal)).Dns;

        Assert.Equal((null, "", TimeSpan.FromSeconds(2), 1_000), (dns.Bind, dns.Zone, dns.Ttl, dns.RateLimit));
        Assert.Empty(dns.Advertise);
        Assert.Empty(dns.AddressesForClients());
    }

    [Fact]
    public void Names_lose_their_case_and_the_dot_at_their_end()
    {
        var dns = Conf.Legal(Conf.Read(Conf.Minimal, "dns.zone=LB.Example.org.", "dns.name-servers=[\"NS1.example.org.\"]")).Dns;

        Assert.Equal(("lb.example.org", "ns1.example.org"), (dns.Zone, dns.NameServers[0]));
    }

    [Fact]
    public void Clients_find_a_node_where_it_says_or_where_it_answers()
    {
        Assert.Equal(["192.0.2.1", "2001:db8::1"], Addresses("dns.advertise=[\"192.0.2.1\",\"2001:db8::1\"]", "dns.bind=127.0.0.1:53"));
        Assert.Equal(["10.0.0.1"], Addresses("dns.bind=10.0.0.1:53"));
        Assert.Equal(["192.0.2.1"], Addresses("dns.advertise=[\"::ffff:192.0.2.1\"]"));
        Assert.Empty(Addresses("dns.bind=0.0.0.0:53"));
        Assert.Empty(Addresses("dns.bind=[::]:53"));
    }

    [Theory]
    [InlineData("dns.bind=here:53", "not an IP address of this machine")]
    [InlineData("dns.zone=a..b", "is not a name of 180 characters or less")]
    [InlineData("dns.zone=a b.example", "is not a name of 180 characters or less")]
    [InlineData("dns.ttl=1500ms", "it must be whole seconds")]
    [InlineData("dns.ttl=0s", "a duration from 1s to 1h")]
    [InlineData("dns.advertise=[\"lb1.example.org\"]", "each must be an IP address of one machine")]
    [InlineData("dns.advertise=[\"0.0.0.0\"]", "each must be an IP address of one machine")]
    [InlineData("dns.advertise=[\"192.0.2.1:80\"]", "each must be an IP address of one machine")]
    [InlineData("dns.advertise=[\"192.0.2.1\",\"192.0.2.1\"]", "has an address twice")]
    [InlineData("dns.advertise=[\"10.0.0.1\",\"10.0.0.2\",\"10.0.0.3\",\"10.0.0.4\",\"10.0.0.5\",\"10.0.0.6\",\"10.0.0.7\",\"10.0.0.8\","
        + "\"10.0.0.9\"]", "more than 8 addresses")]
    [InlineData("dns.name-servers=[\"-ns-.example..org\"]", "each must be a name written in full")]
    [InlineData("dns.secondary-transfer=[\"10.0.0.0/8\"]", "each must be an IP address of one machine")]
    [InlineData("dns.rate-limit=-1", "a whole number from 0 to 1000000")]
    [InlineData("dns.bnd=\"\"", "unknown key")]
    public void What_is_wrong_is_told_with_what_would_be_right(string setting, string message) =>
        Assert.Contains(message, Conf.Single(Conf.Read(Conf.Minimal, setting)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_port_is_for_one_of_them() => Assert.Contains("taken by dns.bind already",
        Conf.Single(Conf.Read(Conf.Minimal, "dns.bind=127.0.0.1:8080")).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Addresses(params string[] settings) =>
        Conf.Legal(Conf.Read(Conf.Minimal, settings)).Dns.AddressesForClients().Select((IPAddress address) => address.ToString());
}
