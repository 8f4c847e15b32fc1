using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class MessageFramingTests
{
    [Theory]
    [InlineData("Content-Length: 0", 0)]
    [InlineData("Content-Length: 5", 5)]
    [InlineData("content-length:5", 5)]
    [InlineData("CONTENT-LENGTH:  5  ", 5)]
    [InlineData("Content-Length: 0005", 5)]
    [InlineData("Content-Length: 5, 5", 5)]
    [InlineData("Content-Length: 5,5,5", 5)]
    [InlineData("Content-Length: 9223372036854775807", long.MaxValue)]
    public void Length_is_one_number(string line, long length) =>
        Assert.Equal(BodyFraming.OfLength(length), Accept(Post(line)).Request.Body);

    [Fact]
    public void Same_length_in_two_lines_is_that_length() =>
        Assert.Equal(BodyFraming.OfLength(5), Accept(Post("Content-Length: 5", "X: y", "Content-Length: 5")).Request.Body);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("+5")]
    [InlineData("-5")]
    [InlineData("-0")]
    [InlineData("0x5")]
    [InlineData("5x")]
    [InlineData("a")]
    [InlineData("5 5")]
    [InlineData("5\t5")]
    [InlineData("1_000")]
    [InlineData("5.0")]
    [InlineData("5e1")]
    [InlineData("\"5\"")]
    [InlineData("5;")]
    [InlineData("5,")]
    [InlineData(",5")]
    [InlineData("5,,5")]
    [InlineData("5, 6")]
    [InlineData("5, +5")]
    [InlineData("\u00B25")]
    [InlineData("9223372036854775808")]
    [InlineData("9999999999999999999")]
    [InlineData("18446744073709551621")]
    [InlineData("00000000000000000000005")]
    public void Anything_else_is_no_length(string value)
    {
        Refuse(400, Post("Content-Length: " + value));
        Assert.Equal(HeadStatus.Refused, ResponseTexts.Parse(ResponseTexts.Ok("Content-Length: " + value)).Status);
    }

    [Theory]
    [InlineData("5", "6")]
    [InlineData("5", "")]
    [InlineData("5", "5, 6")]
    [InlineData("0", "00x")]
    public void Different_lengths_are_refused(string first, string second)
    {
        Refuse(400, Post("Content-Length: " + first, "Content-Length: " + second));
        Assert.Equal(HeadStatus.Refused, ResponseTexts.Parse(ResponseTexts.Ok("Content-Length: " + first, "Content-Length: " + second))
            .Status);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("transfer-encoding:Chunked")]
    [InlineData("Transfer-Encoding:  CHUNKED ")]
    public void Chunked_is_the_one_coding(string line) => Assert.Equal(BodyFraming.Chunked, Accept(Post(line)).Request.Body);

    [Theory]
    [InlineData("chunked, chunked")]
    [InlineData(",chunked")]
    [InlineData("chunked,")]
    [InlineData(" , chunked")]
    [InlineData("chunked;x")]
    [InlineData("chunked;q=1")]
    [InlineData("chunked;")]
    [InlineData("xchunked")]
    [InlineData("chunkedx")]
    [InlineData("chunke")]
    [InlineData("chunked gzip")]
    [InlineData("gzip chunked")]
    [InlineData("\"chunked\"")]
    [InlineData("'chunked'")]
    [InlineData("chunked, identity")]
    [InlineData("chunked, gzip")]
    [InlineData("gzip, chunked, chunked")]
    [InlineData("gzip")]
    [InlineData("identity")]
    [InlineData("")]
    [InlineData("\tchunked")]
    [InlineData("chunked\t")]
    [InlineData(" \tchunked")]
    [InlineData("\u00A0chunked")]
    [InlineData("chunked\u00A0")]
    [InlineData("\u000Bchunked")]
    [InlineData("\u000Cchunked")]
    [InlineData("\0chunked")]
    [InlineData("chunked\0")]
    [InlineData("chunked\u000B")]
    [InlineData("chunked\rX: y")]
    [InlineData("chun\u212Aed")]
    public void Anything_else_is_refused(string value)
    {
        Refuse(400, Post("Transfer-Encoding: " + value));
        Assert.Equal(HeadStatus.Refused, ResponseTexts.Parse(ResponseTexts.Ok("Transfer-Encoding: " + value)).Status);
    }

    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("foo, bar, chunked")]
    [InlineData("identity, chunked")]
    public void Unknown_coding_below_chunked_is_not_implemented(string value)
    {
        Refuse(501, Post("Transfer-Encoding: " + value));
        Assert.Equal(HeadStatus.Refused, ResponseTexts.Parse(ResponseTexts.Ok("Transfer-Encoding: " + value)).Status);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "transfer-encoding: identity")]
    [InlineData("Transfer-Encoding: identity", "Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "Transfer-Encoding: ")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: 5")]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Content-Length: 0", "Transfer-Encoding: chunked")]
    [InlineData("Content-Length: 5", "Transfer-Encoding: identity")]
    [InlineData("Transfer-Encoding: chunked", "Content-Length: x")]
    public void Two_ways_to_read_a_body_are_refused(string first, string second)
    {
        Refuse(400, Post(first, "X: y", second));
        Refuse(400, Get(first, second));
        Assert.Equal(HeadStatus.Refused, ResponseTexts.Parse(ResponseTexts.Ok(first, second)).Status);
    }

    [Fact]
    public void Http_1_0_knows_no_transfer_encoding()
    {
        Refuse(400, With("POST / HTTP/1.0", "Transfer-Encoding: chunked"));
        Refuse(400, With("POST / HTTP/1.0", "Host: a", "Transfer-Encoding: identity"));
        Assert.Equal(HeadStatus.Refused, ResponseTexts.Parse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").Status);
    }

    [Fact]
    public void Request_that_declares_nothing_has_no_body()
    {
        Assert.Equal(BodyFraming.None, Accept(Post()).Request.Body);
        Assert.Equal(BodyFraming.None, Accept(With("POST / HTTP/1.0")).Request.Body);
    }

    [Theory]
    [InlineData("Content_Length: 5")]
    [InlineData("Transfer_Encoding: chunked")]
    [InlineData("X-Content-Length: 5")]
    public void Lookalikes_frame_nothing(string line) => Assert.Equal(BodyFraming.None, Accept(Post(line)).Request.Body);

    [Fact]
    public void Any_method_may_have_a_body() => Assert.Equal(BodyFraming.OfLength(3), Accept(Get("Content-Length: 3")).Request.Body);
}
