using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class ChunkedEncoderTests
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(10, "a\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void Size_line_is_bare_hexadecimal_and_ends_where_the_data_begins(int size, string line)
    {
        Span<byte> buffer = stackalloc byte[ChunkedEncoder.MaxHeaderBytes + 3];
        var start = ChunkedEncoder.WriteHeaderBefore(buffer, ChunkedEncoder.MaxHeaderBytes, size);
        Assert.Equal(line, RequestTexts.Text(buffer[start..ChunkedEncoder.MaxHeaderBytes]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Chunk_that_would_end_the_body_is_a_bug(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedEncoder.WriteHeaderBefore(new byte[10], 10, size));

    [Theory]
    [InlineData("")]
    [InlineData("X-Sum: 1\r\nX-Two: 2\r\n")]
    public void Last_chunk_carries_the_trailers(string trailers)
    {
        var expected = $"0\r\n{trailers}\r\n";
        Span<byte> destination = new byte[expected.Length];
        Assert.Equal(expected.Length, ChunkedEncoder.WriteLast(destination, RequestTexts.Bytes(trailers)));
        Assert.Equal(expected, RequestTexts.Text(destination));
    }

    [Fact]
    public void Largest_trailers_fit_in_the_announced_room() =>
        Assert.Equal(ChunkedEncoder.MaxLastBytes,
            ChunkedEncoder.WriteLast(new byte[ChunkedEncoder.MaxLastBytes], new byte[TrailerBlock.MostBytes]));
}
