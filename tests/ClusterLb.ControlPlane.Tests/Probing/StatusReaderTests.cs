using System.Text;
using ClusterLb.ControlPlane.Probing;

namespace ClusterLb.ControlPlane.Tests.Probing;

public sealed class StatusReaderTests
{
    [Fact]
    public void Whatever_is_cut_off_before_the_line_ends_is_incomplete()
    {
        var answer = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n");

        for (var length = 0; length < answer.Length; length++) Assert.Null(StatusReader.Read(answer.AsSpan(0, length), out _));
        Assert.Equal(200, StatusReader.Read(answer, out var start));
        Assert.Equal(answer.Length - "HTTP/1.1 200 OK\r\n".Length, start);
    }

    [Theory]
    [InlineData("HTTP/2.0 200 OK\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n")]
    [InlineData("http/1.1 200 OK\r\n")]
    [InlineData(" HTTP/1.1 200 OK\r\n")]
    [InlineData("\n")]
    public void Anything_else_is_not_http(string line) =>
        Assert.Equal(StatusReader.NotHttp, StatusReader.Read(Encoding.ASCII.GetBytes(line), out _));
}
