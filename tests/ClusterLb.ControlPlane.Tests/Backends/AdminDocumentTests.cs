using System.Text;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class AdminDocumentTests
{
    private static readonly AdminIntent s_intent = new("app/b1", AdminState.Draining, 7, 2_000, 1_000, 638_000, "lb1");

    [Fact]
    public void What_operators_asked_for_is_read_as_it_was_written_in_one_order()
    {
        var other = s_intent with { Backend = "app/b2", Weight = null };

        Assert.Equal([s_intent, other], AdminDocument.Read(AdminDocument.Write([other, s_intent])));
    }

    [Fact]
    public void Of_what_is_kept_and_what_is_known_here_the_newer_counts()
    {
        var (newer, kept) = (s_intent with { Version = 638_001, State = AdminState.Ready }, s_intent with { Backend = "app/b2" });
        var known = new Dictionary<string, AdminIntent> { ["app/b1"] = newer, ["app/b2"] = kept with { Version = 1 } };

        Assert.Equal([newer, kept], AdminDocument.Read(AdminDocument.Merge(AdminDocument.Write([s_intent, kept]), known)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no document of ours \xff\xff")]
    public void What_cannot_be_read_says_nothing(string content) => Assert.Empty(AdminDocument.Read(Encoding.Latin1.GetBytes(content)));
}
