using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("000\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world")]
    [InlineData("A\r\n0123456789\r\n0\r\n\r\n", "0123456789")]
    [InlineData("a\r\n0123456789\r\n0\r\n\r\n", "0123456789")]
    [InlineData("0000000000000005\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("5;a=b\r\nhello\r\n0;last\r\n\r\n", "hello")]
    [InlineData("5;a=\"b;\t c\u00E9\\\"\\\\\";d\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5;a=\"\"\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5; a\t=\tb ; c = \"d\" ;e\r\nhello\r\n0; x=!#$%&'*+-.^_`|~\r\n\r\n", "hello")]
    [InlineData("1\r\nh\r\n1\r\ne\r\n1;x\r\nl\r\n01\r\nl\r\n00001\r\no\r\n0\r\n\r\n", "hello")]
    public void Valid_body_is_decoded_and_ends_where_it_ends(string wire, string body)
    {
        foreach (var piece in new[] { 1, 2, 3, int.MaxValue })
            Assert.Equal((ChunkStatus.End, body, "NEXT".Length), Decode(wire + "NEXT", piece));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData(" 5\r\nhello\r\n")]
    [InlineData("5 \r\nhello\r\n")]
    [InlineData("5\t\r\nhello\r\n")]
    [InlineData("\t5\r\nhello\r\n")]
    [InlineData("5 ;a\r\nhello\r\n")]
    [InlineData("+5\r\nhello\r\n")]
    [InlineData("-5\r\nhello\r\n")]
    [InlineData("0x5\r\nhello\r\n")]
    [InlineData("5h\r\nhello\r\n")]
    [InlineData("h\r\n")]
    [InlineData("5_0\r\nhello\r\n")]
    [InlineData("5.\r\nhello\r\n")]
    [InlineData("5,\r\nhello\r\n")]
    [InlineData("\"5\"\r\nhello\r\n")]
    [InlineData(";a\r\nhello\r\n")]
    [InlineData("\u00B5\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData("5\rhello\r\n")]
    [InlineData("5\r\rhello\r\n")]
    [InlineData("5\0\r\nhello\r\n")]
    [InlineData("5;a\nhello\r\n")]
    [InlineData("5;a\rb\r\nhello\r\n")]
    [InlineData("5;a\n\r\nhello\r\n")]
    [InlineData("5;a\r\r\nhello\r\n")]
    [InlineData("5;a\0\r\nhello\r\n")]
    [InlineData("5;a\u000B\r\nhello\r\n")]
    [InlineData("5;a\u007F\r\nhello\r\n")]
    [InlineData("5;\r\nhello\r\n")]
    [InlineData("5; \r\nhello\r\n")]
    [InlineData("5;;\r\nhello\r\n")]
    [InlineData("5;;a\r\nhello\r\n")]
    [InlineData("5;a;\r\nhello\r\n")]
    [InlineData("5;=b\r\nhello\r\n")]
    [InlineData("5;a=\r\nhello\r\n")]
    [InlineData("5;a=;b\r\nhello\r\n")]
    [InlineData("5;a==b\r\nhello\r\n")]
    [InlineData("5;a=b=c\r\nhello\r\n")]
    [InlineData("5;a b\r\nhello\r\n")]
    [InlineData("5;a=b c\r\nhello\r\n")]
    [InlineData("5;a \r\nhello\r\n")]
    [InlineData("5;a=b \r\nhello\r\n")]
    [InlineData("5;\u00E9\r\nhello\r\n")]
    [InlineData("5;a=\u00E9\r\nhello\r\n")]
    [InlineData("5;a,b\r\nhello\r\n")]
    [InlineData("5;a:b\r\nhello\r\n")]
    [InlineData("5;a/b\r\nhello\r\n")]
    [InlineData("5;a@b\r\nhello\r\n")]
    [InlineData("5;a(b)\r\nhello\r\n")]
    [InlineData("5;a[b]\r\nhello\r\n")]
    [InlineData("5;a={b}\r\nhello\r\n")]
    [InlineData("5;\"a\"\r\nhello\r\n")]
    [InlineData("5;a=\"b\r\nhello\r\n")]
    [InlineData("5;a=\"b\\\"\r\nhello\r\n")]
    [InlineData("5;a=\"b\r\n\"\r\nhello\r\n")]
    [InlineData("5;a=\"b\n\"\r\nhello\r\n")]
    [InlineData("5;a=\"b\0\"\r\nhello\r\n")]
    [InlineData("5;a=\"\\\u0001\"\r\nhello\r\n")]
    [InlineData("5;a=\"b\"c\r\nhello\r\n")]
    [InlineData("5;a=c\"b\"\r\nhello\r\n")]
    [InlineData("5;a='b\r\n;c'\r\nhello\r\n")]
    [InlineData("1\r\nh\r\n1\r\nello\r\n")]
    [InlineData("1\r\nh\r\n1\ne\r\n")]
    [InlineData("1\r\nh\r\n1\r\ne\n")]
    [InlineData("5\r\nhello0\r\n\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r0\r\n\r\n")]
    [InlineData("5\r\nhello\r\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello \r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\n\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n\r\n0\r\n\r\n")]
    [InlineData("0\n\r\n")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\n\rX")]
    [InlineData("0\r\nX: y\n\r\n")]
    [InlineData("0\r\nX: y\r\n\n")]
    [InlineData("0\r\nX: y\rZ: z\r\n\r\n")]
    [InlineData("0\r\nX: \0\r\n\r\n")]
    [InlineData("0\r\nX : y\r\n\r\n")]
    [InlineData("0\r\n: y\r\n\r\n")]
    [InlineData("0\r\nX\r\n\r\n")]
    [InlineData("0\r\nX: y\r\n folded\r\n\r\n")]
    [InlineData("0\r\n X: y\r\n\r\n")]
    [InlineData("0\r\nGET / HTTP/1.1\r\n\r\n")]
    [InlineData("00000000000000005\r\nhello\r\n")]
    [InlineData("8000000000000000\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("10000000000000005\r\nhello\r\n")]
    public void Anything_else_is_malformed_however_it_is_cut(string wire)
    {
        foreach (var piece in new[] { 1, 2, 3, int.MaxValue }) Assert.Equal(ChunkStatus.Malformed, Decode(wire, piece).Status);
    }

    [Fact]
    public void Largest_size_is_taken()
    {
        var decoder = new ChunkedDecoder();
        Assert.Equal(ChunkStatus.NeedMore, decoder.Step("7FFFFFFFFFFFFFFF\r\n"u8, out var consumed, out _));
        Assert.Equal(ChunkStatus.Data, decoder.Step("abc"u8, out consumed, out var data));
        Assert.Equal((3, 0, 3), (consumed, data.Start, data.Length));
    }

    [Fact]
    public void Unfinished_body_asks_for_more()
    {
        const string wire = "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n";
        for (var length = 0; length < wire.Length; length++) Assert.Equal(ChunkStatus.NeedMore, Decode(wire[..length], 4).Status);
        Assert.Equal(ChunkStatus.End, Decode(wire, 4).Status);
    }

    [Fact]
    public void After_the_end_nothing_is_consumed()
    {
        var decoder = new ChunkedDecoder();
        Assert.Equal(ChunkStatus.End, decoder.Step("0\r\n\r\n"u8, out var consumed, out _));
        Assert.Equal(5, consumed);
        Assert.Equal(ChunkStatus.End, decoder.Step("5\r\n"u8, out consumed, out var data));
        Assert.Equal((0, 0), (consumed, data.Length));
    }

    [Fact]
    public void Malformed_stays_malformed()
    {
        var decoder = new ChunkedDecoder();
        Assert.Equal(ChunkStatus.Malformed, decoder.Step("x"u8, out _, out _));
        Assert.Equal(ChunkStatus.Malformed, decoder.Step("0\r\n\r\n"u8, out _, out _));
    }

    [Theory]
    [InlineData(4_095, ChunkStatus.End)]
    [InlineData(4_096, ChunkStatus.Malformed)]
    internal void Extensions_of_a_chunk_are_bounded(int bytes, ChunkStatus status) =>
        Assert.Equal(status, Decode("1;" + new string('e', bytes) + "\r\nx\r\n0\r\n\r\n", int.MaxValue).Status);

    [Theory]
    [InlineData(1, 1_024, 16, ChunkStatus.End)]
    [InlineData(1, 1_024, 17, ChunkStatus.Malformed)]
    [InlineData(1, 64, 300, ChunkStatus.End)]
    [InlineData(1, 64, 400, ChunkStatus.Malformed)]
    [InlineData(1, 16, 3_000, ChunkStatus.End)]
    [InlineData(5, 8, 3_000, ChunkStatus.End)]
    [InlineData(1_000, 81, 3_000, ChunkStatus.End)]
    [InlineData(64_000, 4_000, 100, ChunkStatus.End)]
    internal void Extensions_of_a_body_are_bounded_by_its_data(int data, int extension, int chunks, ChunkStatus status)
    {
        var chunk = $"{data:x};{new string('e', extension - 1)}\r\n{new string('x', data)}\r\n";
        var (decoder, seen) = (new ChunkedDecoder(), ChunkStatus.NeedMore);
        for (var i = 0; i < chunks && seen == ChunkStatus.NeedMore; i++)
            seen = decoder.Decode(RequestTexts.Bytes(chunk), new byte[data + 1], out _, out _);
        if (seen == ChunkStatus.NeedMore) seen = decoder.Decode("0\r\n\r\n"u8, new byte[8], out _, out _);
        Assert.Equal(status, seen);
    }

    [Fact]
    public void Trailers_are_bounded()
    {
        Assert.Equal(ChunkStatus.End, Decode("0\r\nX: " + new string('t', 8000) + "\r\n\r\n", int.MaxValue).Status);
        Assert.Equal(ChunkStatus.Malformed, Decode("0\r\nX: " + new string('t', 9000) + "\r\n\r\n", int.MaxValue).Status);
        Assert.Equal(ChunkStatus.Malformed, Decode("0\r\n" + string.Concat(Enumerable.Repeat("Host: t\r\n", 1000)) + "\r\n", int.MaxValue)
            .Status);
        // 1,800 lines of 4 bytes are 7,200 as received and 9,000 as written anew.
        Assert.Equal(ChunkStatus.End, Decode("0\r\n" + string.Concat(Enumerable.Repeat("a:\r\n", 1_600)) + "\r\n", int.MaxValue).Status);
        Assert.Equal(ChunkStatus.Malformed, Decode("0\r\n" + string.Concat(Enumerable.Repeat("a:\r\n", 1_800)) + "\r\n", int.MaxValue)
            .Status);
    }

    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("0\r\nX-Sum: 1\r\n\r\n", "X-Sum: 1\r\n")]
    [InlineData("0\r\nX-Sum:1\r\nGrpc-Status: 0\r\n\r\n", "X-Sum: 1\r\nGrpc-Status: 0\r\n")]
    [InlineData("0\r\nX-Sum: \t 1\t 2 \t\r\nY:\r\nZ:  \r\n\r\n", "X-Sum: 1\t 2\r\nY: \r\nZ: \r\n")]
    [InlineData("0\r\nX:GET /admin HTTP/1.1\r\nVia:x\r\n\r\n", "X: GET /admin HTTP/1.1\r\n")]
    [InlineData("0\r\nHost: evil\r\nX-Sum: 1\r\nContent-Length: 5\r\nX-Two: \u00E9\r\nTransfer-Encoding: chunked\r\n\r\n", "X-Sum: 1\r\n"
        + "X-Two: \u00E9\r\n")]
    public void Allowed_trailers_are_kept_and_written_anew(string wire, string trailers)
    {
        foreach (var piece in new[] { 1, 5, int.MaxValue })
        {
            var decoder = new ChunkedDecoder();
            Decode(ref decoder, RequestTexts.Bytes(wire), piece);
            Assert.Equal(trailers, RequestTexts.Text(decoder.Trailers.Span));
        }
    }

    [Fact]
    public void Body_without_trailers_allocates_nothing()
    {
        var wire = "5\r\nhello\r\n0\r\n\r\n"u8.ToArray();
        DecodeOnce(wire);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) DecodeOnce(wire);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>
    /// What came of the wire bytes given in pieces of that size: the last status, the body, and how many bytes were left over.
    /// </summary>
    internal static (ChunkStatus Status, string Body, int Left) Decode(string wire, int piece)
    {
        var decoder = new ChunkedDecoder();
        return Decode(ref decoder, RequestTexts.Bytes(wire), piece);
    }

    private static (ChunkStatus Status, string Body, int Left) Decode(ref ChunkedDecoder decoder, byte[] wire, int piece)
    {
        var body = "";
        var stepwise = decoder;
        var status = ChunkStatus.NeedMore;
        var position = 0;
        Span<byte> room = stackalloc byte[7];
        while (status == ChunkStatus.NeedMore && position < wire.Length)
        {
            status = decoder.Decode(wire.AsSpan(position, Math.Min(piece, wire.Length - position)), room, out var consumed,
                out var written);
            if (status != ChunkStatus.Malformed) body += RequestTexts.Text(room[..written]);
            position += consumed;
        }

        Assert.Equal(StepThrough(ref stepwise, wire, piece), status);
        return (status, body, wire.Length - position);
    }

    /// <summary>What the same bytes come to without joining chunks.</summary>
    private static ChunkStatus StepThrough(ref ChunkedDecoder decoder, byte[] wire, int piece)
    {
        var status = ChunkStatus.NeedMore;
        for (var position = 0; status is ChunkStatus.NeedMore or ChunkStatus.Data && position < wire.Length;)
        {
            status = decoder.Step(wire.AsSpan(position, Math.Min(piece, wire.Length - position)), out var consumed, out _);
            position += consumed;
        }

        return status == ChunkStatus.Data ? ChunkStatus.NeedMore : status;
    }

    private static void DecodeOnce(byte[] wire)
    {
        var decoder = new ChunkedDecoder();
        Span<byte> room = stackalloc byte[64];
        while (decoder.Decode(wire, room, out _, out _) != ChunkStatus.End)
        {
        }
    }
}
