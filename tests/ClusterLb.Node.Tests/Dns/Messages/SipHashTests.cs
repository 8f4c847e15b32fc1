using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Tests.Dns.Messages;

public class SipHashTests
{
    /// <summary>From the paper's appendix A, and the first of the reference implementation's vectors.</summary>
    [Theory]
    [InlineData(15, 0xa129ca6149be45e5)]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(8, 0x93f5f5799a932462)]
    public void It_is_SipHash_2_4(int length, ulong expected)
    {
        var bytes = Enumerable.Range(0, 16).Select(i => (byte)i).ToArray();

        Assert.Equal(expected, SipHash.Of(bytes, bytes.AsSpan(0, length)));
    }
}
