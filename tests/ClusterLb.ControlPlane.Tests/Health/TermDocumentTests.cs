using System.Text;
using ClusterLb.ControlPlane.Health;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class TermDocumentTests
{
    [Fact]
    public void A_term_is_a_number() => Assert.Equal(393_216, TermDocument.Read(TermDocument.Write(393_216)));

    [Theory]
    [InlineData("")]
    [InlineData("no document of ours \xff\xff")]
    public void What_cannot_be_read_says_nothing(string content) => Assert.Equal(0, TermDocument.Read(Encoding.Latin1.GetBytes(content)));
}
