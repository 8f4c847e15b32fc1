using ClusterLb.Core.Configuration;
using ClusterLb.Node.Dns.Zones;

namespace ClusterLb.Node.Tests.Dns.Zones;

public class LastingNamesTests
{
    private static readonly ZoneNode s_one = SampleZone.Serving("lb1", "192.0.2.1");
    private static readonly ZoneNode s_two = SampleZone.Serving("LB2", "192.0.2.2");

    [Fact]
    public void A_node_that_is_named_as_a_server_stays_under_its_name_until_it_is_back()
    {
        var nodes = With([s_one, s_two], [s_one], $"lb2.{SampleZone.Name}");
        Assert.Equal([s_two with { IsServing = false, IsGone = true }, s_one], nodes);
        Assert.Equal(nodes, With(nodes, [s_one], $"lb2.{SampleZone.Name}"));

        var moved = SampleZone.Serving("lb2", "192.0.2.22");
        Assert.Equal([s_one, moved], With(nodes, [moved, s_one], $"lb2.{SampleZone.Name}"));
    }

    [Fact]
    public void Any_other_is_gone_with_its_node() =>
        Assert.Equal([s_one], With([s_one, s_two], [s_one], $"lb1.{SampleZone.Name}", "ns.example.net"));

    private static EquatableList<ZoneNode> With(
        IReadOnlyList<ZoneNode> last, IReadOnlyList<ZoneNode> present, params string[] servers) =>
        LastingNames.With(SampleZone.Config with { NameServers = [.. servers] }, last, present);
}
