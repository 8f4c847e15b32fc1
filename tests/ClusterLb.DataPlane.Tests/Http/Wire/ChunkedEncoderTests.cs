using ClusterLb.DataPlane.Http.Wire;

namespace ClusterLb.DataPlane.Tests.Http.Wire;

public sealed class ChunkedEncoderTests
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(10, "a\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void Size_line_is_bare_hexadecimal(int size, string line)
    {
        Span<byte> destination = stackalloc byte[ChunkedEncoder.LongestHeader];
        Assert.Equal(line, Requests.Text(destination[..ChunkedEncoder.WriteHeader(destination, size)]));
        Assert.Equal(-1, ChunkedEncoder.WriteHeader(destination[..(line.Length - 1)], size));
        Assert.Equal(-1, ChunkedEncoder.WriteHeader([], size));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Chunk_that_would_end_the_body_is_a_bug(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkedEncoder.WriteHeader(new byte[10], size));

    [Theory]
    [InlineData("")]
    [InlineData("X-Sum: 1\r\nX-Two: 2\r\n")]
    public void Last_chunk_carries_the_trailers(string trailers)
    {
        var expected = $"0\r\n{trailers}\r\n";
        Span<byte> destination = new byte[expected.Length];
        Assert.Equal(expected.Length, ChunkedEncoder.WriteLast(destination, Requests.Bytes(trailers)));
        Assert.Equal(expected, Requests.Text(destination));
        Assert.Equal(-1, ChunkedEncoder.WriteLast(destination[1..], Requests.Bytes(trailers)));
    }

    [Fact]
    public void Constants_are_what_the_writer_writes()
    {
        Span<byte> destination = new byte[16];
        Assert.Equal(Requests.Text(ChunkedEncoder.LastChunk), Requests.Text(destination[..ChunkedEncoder.WriteLast(destination, default)]));
        Assert.Equal("\r\n", Requests.Text(ChunkedEncoder.ChunkEnd));
    }
}
