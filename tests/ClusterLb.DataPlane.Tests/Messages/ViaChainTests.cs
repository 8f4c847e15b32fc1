using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Messages;

public sealed class ViaChainTests
{
    private static readonly ViaElement Own = new("clusterlb-lb1-0123");

    [Theory]
    [InlineData("1.1 clusterlb-lb1-0123", true)]
    [InlineData("1.0 x, 1.1 CLUSTERLB-LB1-0123", true)]
    [InlineData("1.0 x,1.1 clusterlb-lb1-0123, 1.1 y", true)]
    [InlineData("HTTP/1.1 clusterlb-lb1-0123 (comment)", true)]
    [InlineData("1.1\tclusterlb-lb1-0123", true)]
    [InlineData("1.1 clusterlb-lb1", false)]
    [InlineData("1.1 clusterlb-lb1-0124", false)]
    [InlineData("1.1 clusterlb-lb1-01234", false)]
    [InlineData("1.1 xclusterlb-lb1-0123", false)]
    [InlineData("", false)]
    [InlineData("1.1 x (clusterlb-lb1-0123)", false)]
    [InlineData("1.1 x (a \\) clusterlb-lb1-0123)", false)]
    [InlineData("1.1 x (a, (b), c), 1.1 clusterlb-lb1-0123", true)]
    [InlineData("1.1 x (, 1.1 clusterlb-lb1-0123", true)]
    [InlineData("1.1 x (\\, 1.1 clusterlb-lb1-0123, 1.1 y (b)", true)]
    [InlineData("1.1 x ((), 1.1 clusterlb-lb1-0123 (c)", true)]
    [InlineData("1.1 x ), 1.1 clusterlb-lb1-0123(c)", true)]
    public void Own_name_is_found(string via, bool found) => Assert.Equal(found ? Reasons.ViaLoop : null, FindLoop(Own, "Via: " + via));

    [Fact]
    public void Every_line_is_searched()
    {
        Assert.Equal(Reasons.ViaLoop, FindLoop(Own, "Via: 1.1 x", "Via: 1.1 clusterlb-lb1-0123"));
        Assert.Null(FindLoop(Own));
    }

    [Fact]
    public void A_chain_has_its_bound_however_it_is_written()
    {
        var lines = Enumerable.Repeat("Via: 1.1 x", 32).ToArray();
        Assert.Null(FindLoop(Own, lines));
        Assert.Null(FindLoop(null, "Via: " + string.Join(',', Enumerable.Repeat("1.1 x", 32))));
        Assert.Equal(Reasons.ViaTooLong, FindLoop(null, [.. lines, "Via: 1.1 y"]));
        Assert.Equal(Reasons.ViaTooLong, FindLoop(Own, "Via: " + string.Join(',', Enumerable.Repeat("1.1 x", 33))));
    }

    [Theory]
    [InlineData("1.1 x (b,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,)")]
    [InlineData("1.1 x (b(,,,,,,,,,,,,,,,,,,,,),,,,,,,,,,,,,,,,,,,,)")]
    [InlineData(",,,,,,,,,,,,,,,,,,,, ,,,,,,,,,,,,,,,,,,,, 1.1 x")]
    public void What_is_no_element_is_not_counted(string via) => Assert.Null(FindLoop(Own, "Via: " + via));

    [Fact]
    public void A_comment_that_does_not_close_hides_no_element() =>
        Assert.Equal(Reasons.ViaTooLong, FindLoop(Own, "Via: 1.1 x (" + string.Join(',', Enumerable.Repeat("1.1 x", 33))));

    private static string? FindLoop(ViaElement? own, params string[] lines)
    {
        var text = Get(lines);
        return ViaChain.FindLoop(Accept(text).Request.Headers, own);
    }
}
