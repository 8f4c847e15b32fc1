using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class SharedCachingTests
{
    [Theory]
    [InlineData("Cache-Control: public", true)]
    [InlineData("Cache-Control: max-age=60", true)]
    [InlineData("cache-control: Max-Age=\"60\"", true)]
    [InlineData("Cache-Control: s-maxage=60, max-age=0", true)]
    [InlineData("Cache-Control: no-cache, max-age=60", true)]
    [InlineData("Cache-Control: must-revalidate\r\nCache-Control: public", true)]
    [InlineData("Expires: Wed, 09 Jun 2100 10:18:14 GMT", true)]
    [InlineData("CDN-Cache-Control: max-age=60\r\nCache-Control: no-store", true)]
    [InlineData("Surrogate-Control: max-age=60", true)]
    [InlineData("Cache-Control: max-age=60, private", false)]
    [InlineData("Cache-Control: public\r\nCache-Control: private=\"Set-Cookie\"", false)]
    [InlineData("Cache-Control: public, no-store", false)]
    [InlineData("Cache-Control: max-age=0", false)]
    [InlineData("Cache-Control: no-cache", false)]
    [InlineData("Cache-Control: x=\"public, max-age=60\"", false)]
    [InlineData("Cache-Control: max-age=0\r\nExpires: Wed, 09 Jun 2100 10:18:14 GMT", false)]
    [InlineData("Expires: Wed, 09 Jun 2021 10:18:14 GMT", false)]
    [InlineData("Expires: 0", false)]
    [InlineData("CDN-Cache-Control: no-store", false)]
    [InlineData("A: b", false)]
    public void Goes_by_what_the_response_says(string fields, bool mayKeep) =>
        Assert.Equal(mayKeep, MayKeep($"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n"));

    [Fact]
    public void What_renews_a_cache_is_kept_too() => Assert.True(MayKeep("HTTP/1.1 304 Not Modified\r\nCache-Control: private\r\n\r\n"));

    private static bool MayKeep(string response)
    {
        var head = new ResponseHeadReader();
        Assert.Equal(HeadStatus.Complete, head.Read(Bytes(response), ClusterLb.DataPlane.Messages.HttpMethod.Get));
        return SharedCaching.MayKeep(head.Response.Status, head.Response.Headers, nowSeconds: 1_800_000_000);
    }
}
