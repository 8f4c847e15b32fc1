using System.Net.Sockets;
using System.Text;
using ClusterLb.DataPlane.Http1;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Http1;

/// <summary>Content that came in part with its head and in part later, for every way to cut it.</summary>
public sealed class BodyReaderTests
{
    private const string Chunks = "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n";

    [Theory]
    [InlineData(BodyKind.Length, "abcde", "")]
    [InlineData(BodyKind.Length, "abcde", "xyz")]
    [InlineData(BodyKind.Chunked, Chunks, "")]
    [InlineData(BodyKind.Chunked, Chunks, "xyz")]
    internal async Task A_response_is_read_to_its_end_and_what_follows_is_noticed(BodyKind kind, string wire, string follows)
    {
        for (var cut = 0; cut <= wire.Length; cut++)
        {
            await LoopPair.RunAsync(async (from, peer) =>
            {
                var buffer = new ReceiveBuffer(from.Loop);
                var reader = new ResponseBodyReader(buffer);
                await ReceiveAsync(buffer, from, peer, wire[..cut] + (cut == wire.Length ? follows : ""));
                reader.Begin(from, new BodyFraming(kind, kind == BodyKind.Length ? 5 : 0));
                if (cut < wire.Length) Send(peer, wire[cut..] + follows);

                Assert.Equal((MessageEnd.Complete, "abcde"), await ReadAsync(reader));
                Assert.Equal((true, 0L), (reader.IsComplete, reader.Left));
                Assert.Equal(follows.Length > 0, reader.HasSurplus);
                Assert.Equal(kind == BodyKind.Chunked ? "X-Sum: 1\r\n" : "", Encoding.ASCII.GetString(reader.Trailers.Span));
                buffer.Return();
                return true;
            });
        }
    }

    [Theory]
    [InlineData(BodyKind.Length, "abcde")]
    [InlineData(BodyKind.Chunked, Chunks)]
    internal async Task What_follows_a_request_is_the_next_one_and_is_not_touched(BodyKind kind, string wire)
    {
        const string next = "GET /next HTTP/1.1\r\n";
        for (var cut = 0; cut <= wire.Length; cut++)
        {
            await LoopPair.RunAsync(async (from, peer) =>
            {
                var buffer = new ReceiveBuffer(from.Loop);
                var reader = new RequestBodyReader(buffer);
                await ReceiveAsync(buffer, from, peer, "head" + wire[..cut] + (cut == wire.Length ? next : ""));
                buffer.Take("head".Length);
                reader.Begin(from, new BodyFraming(kind, kind == BodyKind.Length ? 5 : 0));
                if (cut < wire.Length) Send(peer, wire[cut..] + next);

                Assert.Equal((MessageEnd.Complete, "abcde"), await ReadAsync(reader));
                while (buffer.Length < next.Length) await buffer.ReceiveAsync(from, from.Loop.Now + 10_000);
                Assert.Equal(next, Encoding.ASCII.GetString(buffer.Unread.Span));
                buffer.Return();
                return true;
            });
        }
    }

    [Theory]
    [InlineData(BodyKind.UntilClose, "abcde", true)]
    [InlineData(BodyKind.Length, "abcd", false)]
    [InlineData(BodyKind.Chunked, "5\r\nabcde\r\n", false)]
    internal Task An_end_of_the_connection_ends_only_what_has_no_other(BodyKind kind, string wire, bool isWhole) =>
        LoopPair.RunAsync(async (from, peer) =>
        {
            var buffer = new ReceiveBuffer(from.Loop);
            var reader = new ResponseBodyReader(buffer);
            reader.Begin(from, new BodyFraming(kind, kind == BodyKind.Length ? 5 : 0));
            Send(peer, wire);
            peer.Shutdown(SocketShutdown.Send);

            var (end, text) = await ReadAsync(reader);
            Assert.Equal((isWhole ? MessageEnd.Complete : MessageEnd.SenderGone, isWhole), (end, reader.IsComplete));
            Assert.StartsWith("abcd", text, StringComparison.Ordinal);
            return true;
        });

    [Fact]
    public Task Chunks_that_are_none_are_malformed() => LoopPair.RunAsync(async (from, peer) =>
    {
        var reader = new ResponseBodyReader(new ReceiveBuffer(from.Loop));
        reader.Begin(from, BodyFraming.Chunked);
        Send(peer, "2\r\nabc\r\n");

        Assert.Equal(MessageEnd.Malformed, (await ReadAsync(reader)).End);
        return true;
    });

    [Fact]
    public Task Only_plain_content_that_is_not_here_yet_may_be_spliced() => LoopPair.RunAsync(async (from, peer) =>
    {
        var buffer = new ReceiveBuffer(from.Loop);
        var (request, response) = (new RequestBodyReader(buffer), new ResponseBodyReader(buffer));
        foreach (var reader in new BodyReader[] { request, response })
        {
            reader.Begin(from, BodyFraming.Chunked);
            Assert.Equal(0, reader.Spliceable);
            reader.Begin(from, BodyFraming.OfLength(1_000_000));
        }

        // The end of a response is read, to see whether anything follows.
        Assert.Equal((1_000_000, 1_000_000 - 4_096), (request.Spliceable, response.Spliceable));
        await ReceiveAsync(buffer, from, peer, "a");
        Assert.Equal((0, 0), (request.Spliceable, response.Spliceable));
        buffer.Return();
        return true;
    });

    private static void Send(Socket peer, string text) => peer.Send(Encoding.ASCII.GetBytes(text));

    private static async LoopTask<bool> ReceiveAsync(ReceiveBuffer buffer, Connection from, Socket peer, string text)
    {
        buffer.Rent();
        if (text.Length > 0) Send(peer, text);
        while (buffer.Length < text.Length) await buffer.ReceiveAsync(from, from.Loop.Now + 10_000);
        return true;
    }

    private static async LoopTask<(MessageEnd End, string Text)> ReadAsync(BodyReader reader)
    {
        var (text, room) = ("", new byte[64]);
        while (true)
        {
            var end = reader.Read(room, out var count);
            text += Encoding.ASCII.GetString(room, 0, count);
            if (end != MessageEnd.More) return (end, text);
            if (count == 0) await reader.WaitAsync(long.MaxValue / 2);
        }
    }
}
