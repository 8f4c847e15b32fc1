namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class DnsZonesTests
{
    private const string Zone = "dns.zone=lb.example.org";

    [Fact]
    public void Without_a_zone_every_query_is_refused() => Warned.Of("dns.zone", "refuses every query", "dns.bind=127.0.0.1:5353");

    [Fact]
    public void Without_a_zone_an_address_is_for_nothing() =>
        Warned.Of("dns.zone", "dns.advertise does nothing", "dns.advertise=[\"127.0.0.1\"]");

    [Theory]
    [InlineData("dns.bind=0.0.0.0:5353", "dns.bind is 0.0.0.0")]
    [InlineData("dns.bind=[::]:5353", "dns.bind is ::")]
    [InlineData("dns.ttl=5s", "there is no dns.bind")]
    public void Without_an_address_no_answer_has_the_node(string bind, string why) =>
        Warned.Of("dns.advertise", $"{why}", Zone, bind);

    [Theory]
    [InlineData("127.0.0.1:80", "192.0.2.1")]
    [InlineData("127.0.0.1:80", "127.0.0.2")]
    [InlineData("0.0.0.0:80", "2001:db8::1")]
    [InlineData("10.0.0.1:80", "::1")]
    public void An_address_where_nobody_listens_is_no_use(string listener, string advertised) =>
        Warned.Of("dns.advertise", $"sends clients to {advertised}, where no listener", Zone, $"listeners.web.bind={listener}",
            $"dns.advertise=[\"{advertised}\"]");

    [Fact]
    public void Nobody_fetches_the_zone_where_nobody_answers() => Warned.Of("dns.secondary-transfer", "has no dns.bind",
        Zone, "dns.advertise=[\"127.0.0.1\"]", "dns.secondary-transfer=[\"10.0.0.5\"]");

    [Fact]
    public void Another_port_at_every_start_is_found_by_nobody() =>
        Warned.Of("dns.bind", "another port at every start", Zone, "dns.bind=127.0.0.1:0");

    [Theory]
    [InlineData("0.0.0.0:80", "192.0.2.1")]
    [InlineData("[::]:80", "192.0.2.1")]
    [InlineData("[::]:80", "2001:db8::1")]
    [InlineData("10.0.0.1:80", "192.0.2.1")]
    [InlineData("127.0.0.2:80", "127.0.0.2")]
    public void An_address_that_leads_to_a_listener_is_sound(string listener, string advertised) => Warned.OfNothing(
        Zone, "dns.bind=0.0.0.0:5353", $"listeners.web.bind={listener}", $"dns.advertise=[\"{advertised}\"]");

    [Fact]
    public void The_address_of_bind_is_sound() => Warned.OfNothing(Zone, "dns.bind=127.0.0.1:5353");
}
