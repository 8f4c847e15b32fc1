using System.Net;
using System.Text;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Stores;

public sealed class StoredDocumentsTests
{
    private static readonly AdminIntent s_intent = new("app/b1", AdminState.Draining, 7, 2_000, 1_000, 638_000, "lb1");

    [Fact]
    public void What_operators_asked_for_is_read_as_it_was_written_in_one_order() =>
        Assert.Equal([s_intent, s_intent with { Backend = "app/b2", Weight = null }], StoredDocuments.ToIntents(StoredDocuments.OfIntents([s_intent with { Backend = "app/b2", Weight = null }, s_intent])));

    [Theory]
    [InlineData("")]
    [InlineData("no document of ours \xff\xff")]
    public void What_cannot_be_read_says_nothing(string content)
    {
        Assert.Empty(StoredDocuments.ToIntents(Encoding.Latin1.GetBytes(content)));
        Assert.Equal(0, StoredDocuments.ToTerm(Encoding.Latin1.GetBytes(content)));
    }

    [Fact]
    public void A_term_is_a_number() => Assert.Equal(393_216, StoredDocuments.ToTerm(StoredDocuments.OfTerm(393_216)));

    [Fact]
    public void The_ring_is_for_people_to_read() => Assert.Matches(
        "^\\{\"app\":\\{\"epoch\":\"[0-9a-f]{16}\",\"members\":\\{\"b1\":1,\"b2\":1\\}\\}\\}$",
        Encoding.UTF8.GetString(StoredDocuments.OfRing([Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2))])));
}
