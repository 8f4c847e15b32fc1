using static ClusterLb.DataPlane.Tests.Http.Wire.Requests;

namespace ClusterLb.DataPlane.Tests.Http.Wire;

public sealed class ViaChainTests
{
    [Theory]
    [InlineData("1.1 clusterlb-lb1", true)]
    [InlineData("1.0 x, 1.1 CLUSTERLB-LB1", true)]
    [InlineData("1.0 x,1.1 clusterlb-lb1, 1.1 y", true)]
    [InlineData("HTTP/1.1 clusterlb-lb1 (comment)", true)]
    [InlineData("1.1\tclusterlb-lb1", true)]
    [InlineData("1.1 clusterlb-lb2", false)]
    [InlineData("1.1 clusterlb-lb12", false)]
    [InlineData("1.1 xclusterlb-lb1", false)]
    [InlineData("", false)]
    public void Own_name_is_found(string via, bool found)
    {
        var text = Get("Via: " + via);
        Assert.Equal(found, Accept(text).HasVia(Bytes(text), "clusterlb-lb1"u8));
    }

    [Fact]
    public void Every_line_is_searched()
    {
        var text = Get("Via: 1.1 x", "Via: 1.1 clusterlb-lb1");
        Assert.True(Accept(text).HasVia(Bytes(text), "clusterlb-lb1"u8));
        Assert.False(Accept(Get()).HasVia(Bytes(Get()), "clusterlb-lb1"u8));
    }
}
