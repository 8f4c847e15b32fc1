using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Messages;
using CsCheck;
using static ClusterLb.DataPlane.Tests.Http1.Wire.RequestTexts;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

/// <summary>What holds for any bytes at all.</summary>
public sealed class WireProperties
{
    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", " ", "\t", "\0", ":", ",", ";", "#", "Host: a\r\n", "Host: b\r\n", "Content-Length: 5\r\n",
            "Content-Length: 5, 6\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Connection: close, X-Hop\r\n", "X-Hop: 1\r\n",
        "Connection: upgrade\r\nUpgrade: websocket\r\n", "X-Forwarded-For: 1.1.1.1\r\n", "Via: 1.1 x\r\n", "TE: trailers\r\n",
            "Expect: 100-continue\r\n",
        "Content_Length: 7\r\n", "Max-Forwards: 3\r\n", "A:b\r\n", "C:  d \r\n", "E: f\r\n", "HTTP/1.0", "HTTP/1.1", "http://a", "/x?y",
            "*", "POST", "\u00FF", "\u007F",
    ];

    private static readonly string[] Seeds =
    [
        Get("Accept: */*", "User-Agent: x"),
        Post("Content-Length: 5", "X-Forwarded-For: 1.1.1.1", "Cookie: a=b"),
        Post("Transfer-Encoding: chunked", "TE: trailers", "Expect: 100-continue"),
        With("OPTIONS * HTTP/1.1", "Host: a:80", "Max-Forwards: 3", "Via: 1.1 x"),
        With("GET http://a?q HTTP/1.1", "Host: a", "Connection: keep-alive, Upgrade", "Upgrade: websocket"),
        With("GET /old HTTP/1.0", "Connection: keep-alive"),
    ];

    /// <summary>A valid request with a few pieces put in, cut out, or overwritten.</summary>
    private static readonly Gen<string> Mutated =
        Gen.Select(OneOf(Seeds), Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1000], OneOf(Pieces)).Array[0, 4]).Select((seed, edits) =>
        {
            foreach (var (kind, position, piece) in edits)
            {
                var at = position % (seed.Length + 1);
                var cut = kind == 0 ? 0 : Math.Min(kind == 1 ? 1 : piece.Length, seed.Length - at);
                seed = seed[..at] + (kind == 1 ? "" : piece) + seed[(at + cut)..];
            }

            return seed;
        });

    [Fact]
    public void Requests_are_judged_the_same_however_they_are_cut() =>
        Gen.Select(Mutated, Gen.Int[1, 7]).Sample((text, step) =>
        {
            var bytes = Bytes(text);
            var whole = Parse(text);
            var pieces = new RequestHeadReader(Limits);
            for (var length = 0; length <= bytes.Length + step; length += step)
            {
                // A buffer of its own for every call: nothing but offsets may be kept.
                if (pieces.Read(bytes.AsSpan(0, Math.Min(length, bytes.Length)).ToArray()) != HeadStatus.Incomplete) break;
            }

            return Model(pieces) == Model(whole);
        }, iter: 20_000);

    [Fact]
    public void What_is_sent_upstream_reads_as_what_was_accepted()
    {
        var accepted = 0;
        Mutated.Sample(text =>
        {
            var bytes = Bytes(text);
            var head = new RequestHeadReader(Limits);
            if (head.Read(bytes) != HeadStatus.Complete) return;
            Interlocked.Increment(ref accepted);
            var sent = Send(head);
            var again = new RequestHeadReader(Limits);
            Assert.Equal(HeadStatus.Complete, again.Read(sent));
            Assert.Equal(sent.Length, again.Length);
            Assert.Equal((head.Request.Method, head.Request.Body, head.Request.ExpectsContinue, head.Request.WantsUpgrade),
                (again.Request.Method, again.Request.Body, again.Request.ExpectsContinue, again.Request.WantsUpgrade));
            Assert.False(again.Request.IsHttp10);
            if (!head.Request.Authority.IsMissing) Assert.Equal(AuthorityOf(head), AuthorityOf(again));
            AssertLenientReaderAgrees(sent, again);
        }, iter: 20_000);
        Assert.InRange(accepted, 2_000, 18_000);
    }

    [Fact]
    public void What_is_sent_upstream_is_sent_on_the_same_by_the_next_of_our_kind() =>
        Mutated.Sample(text =>
        {
            var bytes = Bytes(text);
            var head = new RequestHeadReader(Limits);
            if (head.Read(bytes) != HeadStatus.Complete) return;
            var once = Send(head);
            var again = new RequestHeadReader(Limits);
            again.Read(once);
            Assert.Equal(EndToEnd(head), EndToEnd(again));
        }, iter: 20_000);

    [Fact]
    public void Any_bytes_are_judged_without_an_exception() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            new RequestHeadReader(Limits).Read(bytes);
            new ResponseHeadReader().Read(bytes, DataPlane.Messages.HttpMethod.Get);
            var decoder = new ChunkedDecoder();
            ReadOnlySpan<byte> rest = bytes;
            while (decoder.Step(rest, out var consumed, out _) == ChunkStatus.Data) rest = rest[consumed..];
            new ChunkedDecoder().Decode(bytes, new byte[50], out _, out _);
        });

    [Fact]
    public void Chunked_bodies_survive_encoding_at_every_cut() =>
        Gen.Select(Gen.Byte.Array[1, 40].Array[0, 5], Gen.Int[1, 20]).Sample((chunks, piece) =>
        {
            var wire = "";
            Span<byte> buffer = stackalloc byte[ChunkedEncoder.MaxHeaderBytes];
            foreach (var chunk in chunks)
                wire += Text(buffer[ChunkedEncoder.WriteHeaderBefore(buffer, buffer.Length, chunk.Length)..]) + Text(chunk) + "\r\n";
            wire += Text(buffer[..ChunkedEncoder.WriteLast(buffer, default)]);
            var body = string.Concat(chunks.Select(chunk => Text(chunk)));
            Assert.Equal((ChunkStatus.End, body, 0), ChunkedDecoderTests.Decode(wire, piece));
        });

    [Fact]
    public void Chunked_bodies_are_judged_the_same_however_they_are_cut() =>
        Gen.Select(
            OneOf("5\r\n", "hello", "\r\n", "1\r\na\r\n", "0\r\n", "\r\n", "a", ";x=y", ";x", "=", "\"", "\\", "\n", "\r", "X: y\r\n",
                "Host: a\r\n", " ", "f").Array[0, 12],
            Gen.Int[1, 9]).Sample((pieces, piece) =>
            {
                var wire = string.Concat(pieces);
                var (whole, cut) = (ChunkedDecoderTests.Decode(wire, int.MaxValue), ChunkedDecoderTests.Decode(wire, piece));
                return whole.Status == cut.Status && (whole.Status == ChunkStatus.Malformed || whole == cut);
            }, iter: 20_000);

    [Fact]
    public void Trailers_are_lines_of_ours_whatever_was_received() =>
        Gen.Select(OneOf("X:", "Y", "Host:", " ", "\t", ": ", "a", "\u00E9", ":", "\r\n", "Z-Sum:1\r\n").Array[0, 30], Gen.Int[1, 9])
            .Sample((pieces, piece) =>
        {
            var wire = Bytes("0\r\n" + string.Concat(pieces) + "\r\n\r\n");
            var decoder = new ChunkedDecoder();
            var status = ChunkStatus.NeedMore;
            for (var at = 0; at < wire.Length && status == ChunkStatus.NeedMore;)
            {
                status = decoder.Step(wire.AsSpan(at, Math.Min(piece, wire.Length - at)), out var consumed, out _);
                at += consumed;
            }

            foreach (var line in Text(decoder.Trailers.Span).Split("\r\n")[..^1])
                Assert.Matches("^[!-9;-~]+: ([^ \t\r\n]([^\r\n]*[^ \t\r\n])?)?$", line);
        }, iter: 20_000);

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static byte[] Send(RequestHeadReader head)
    {
        var destination = new byte[4096];
        var written = RequestHeadWriter.Write(destination, head.Request, Forwardings.From("192.0.2.7"), head.Request.WantsUpgrade
            ? "websocket"u8
            : default);
        return destination[..written];
    }

    private static string Model(RequestHeadReader head) => string.Join('|',
        head.RefusalStatus, head.RefusalReason, head.Length, head.Request.Method, head.KeepAlive, head.Request.Body,
            head.Request.WantsUpgrade, head.Request.ExpectsContinue, head.Request.MaxForwards,
        Text(head.Request.TargetText), AuthorityOf(head), Names(head, _ => true));

    private static string AuthorityOf(RequestHeadReader head) => Text(head.Request.Host) + Text(head.Request.Port);

    private static string EndToEnd(RequestHeadReader head) => Names(head, known => known == KnownHeader.Other);

    private static string Names(RequestHeadReader head, Func<KnownHeader, bool> wanted) => string.Join(
        '|', head.Request.Headers.Entries.ToArray().Where(e => wanted(e.Known))
            .Select(e => $"{Text(e.Name.Of(head.Request.Headers.Bytes))}={Text(e.Value.Of(head.Request.Headers.Bytes))}"));

    /// <summary>
    /// A reader that takes LF for a line end, folds <c>_</c> into <c>-</c> and lets Transfer-Encoding win must see the same framing and
    /// host.
    /// </summary>
    private static void AssertLenientReaderAgrees(byte[] sent, RequestHeadReader strict)
    {
        var lines = Text(sent).Replace("\r", "", StringComparison.Ordinal).Split('\n');
        Assert.Equal(["", ""], lines[^2..]);
        Assert.DoesNotContain("", lines[..^2]);
        var headers = lines[1..^2].Select(line => line.Split(':', 2)).ToLookup(
            parts => parts[0].Trim().Replace('_', '-'), parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(AuthorityOf(strict), Assert.Single(headers["Host"]));
        Assert.Equal(strict.Request.Body.Kind == BodyKind.Chunked ? ["chunked"] : [], headers["Transfer-Encoding"]);
        Assert.Equal(strict.Request.Body.Kind == BodyKind.Length ? [$"{strict.Request.Body.Length}"] : [], headers["Content-Length"]);
        Assert.Equal("192.0.2.7", Assert.Single(headers["X-Forwarded-For"]));
    }
}
