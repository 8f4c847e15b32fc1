using System.Net;
using System.Text;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Tests.Messages;
using ClusterLb.DataPlane.Transport;
using CsCheck;

namespace ClusterLb.DataPlane.Tests.Sessions;

public sealed class ClientNameTests
{
    [Theory]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 192.0.2.8", false)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 198.51.100.1, 192.0.2.7", true)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 192.0.2.7:4711", true)]
    [InlineData("X-Forwarded-For: 2001:db8:1:2::1", "X-Forwarded-For: 2001:db8:1:2:aaaa::9", true)]
    [InlineData("X-Forwarded-For: 2001:db8:1:2::1", "X-Forwarded-For: [2001:db8:1:2::1]:4711", true)]
    [InlineData("X-Forwarded-For: 2001:db8:1:2::1", "X-Forwarded-For: 2001:db8:1:3::1", false)]
    [InlineData("X-Forwarded-For: 2001:db8::1", "X-Forwarded-For: 2001:db8::2", true)]
    [InlineData("X-Forwarded-For: 2001:db8::1", "X-Forwarded-For: 2001:db8:0:0::1", true)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: ::ffff:192.0.2.7", true)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: ::ffff:c000:207", true)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "Forwarded: for=198.51.100.1, for=192.0.2.7;proto=https", true)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=198.51.100.1", true)]
    [InlineData("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: ,\r\nForwarded: for=192.0.2.7", true)]
    [InlineData("X-Forwarded-For: ", "Accept: x", true)]
    [InlineData("X-Forwarded-For: unknown", "Accept: x", true)]
    public void Behind_a_proxy_it_is_whom_that_one_names_last(string one, string other, bool isSame) =>
        Assert.Equal(isSame, Behind(one) == Behind(other));

    [Fact]
    public void A_proxy_that_names_nobody_is_the_client_itself() => Assert.Equal(Of("10.0.0.1"), Behind("Accept: x"));

    [Fact]
    public void A_client_is_the_same_with_a_proxy_and_without_however_its_address_is_spelled() =>
        AddressSpellings.Address.Sample(address => Assert.All(
            AddressSpellings.Of(address), text =>
                Assert.Equal(PeerAddress.From(address, port: 4711).Owner, Behind($"X-Forwarded-For: {text}"))), iter: 1_000);

    [Fact]
    public void To_read_who_is_named_allocates_nothing()
    {
        var bytes = "X-Forwarded-For: 2001:db8::1, ::ffff:10.0.0.1"u8.ToArray();
        var headers = new HeaderTable(10);
        headers.Place(bytes, 0);
        headers.Add(bytes, Slice.Between(0, bytes.Length));
        ClientName.BehindProxy(headers, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) ClientName.BehindProxy(headers, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ulong Of(string address) => PeerAddress.From(new IPEndPoint(IPAddress.Parse(address), 4711)).Owner;

    private static ulong Behind(string lines)
    {
        var bytes = Encoding.ASCII.GetBytes(lines);
        var headers = new HeaderTable(10);
        headers.Place(bytes, 0);
        var start = 0;
        foreach (var line in lines.Split("\r\n"))
        {
            Assert.Null(headers.Add(bytes, Slice.Between(start, start + line.Length)));
            start += line.Length + 2;
        }

        return ClientName.BehindProxy(headers, PeerAddress.From(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1)));
    }
}
