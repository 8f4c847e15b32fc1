using System.Numerics;
using System.Text;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Tests.Numerics;

public sealed class StableHashTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("127.0.0.1")]
    public void Text_and_its_bytes_hash_alike(string text) =>
        Assert.Equal(StableHash.Of(Encoding.UTF8.GetBytes(text)), StableHash.Of(text));

    [Fact]
    public void One_bit_of_input_changes_half_of_the_output()
    {
        var bits = new List<int>();
        for (var i = 0; i < 500; i++)
        {
            var bytes = Encoding.ASCII.GetBytes($"some-session-{i}");
            var before = StableHash.Of(bytes);
            bytes[i % bytes.Length] ^= (byte)(1 << (i % 8));
            bits.Add(BitOperations.PopCount(before ^ StableHash.Of(bytes)));
        }

        Assert.InRange(bits.Average(), 30, 34);
    }

    [Fact]
    public void Its_values_never_change_because_nodes_of_different_versions_must_agree()
    {
        Assert.Equal(GoldenEmpty, StableHash.Of(""));
        Assert.Equal(GoldenText, StableHash.Of("clusterlb/session-1"));
    }

    private const ulong GoldenEmpty = 10018280391102218114;
    private const ulong GoldenText = 14449337124290945451;
}
