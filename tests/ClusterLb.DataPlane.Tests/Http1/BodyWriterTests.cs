using System.Net.Sockets;
using System.Text;
using ClusterLb.DataPlane.Http1;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Http1;

public sealed class BodyWriterTests
{
    [Fact]
    public Task Plain_content_goes_out_as_it_is_the_head_before_it() => LoopPair.RunAsync(async (to, peer) =>
    {
        var writer = Begun(to, BodyKind.Length);
        await WriteAsync(writer, "ab", isLast: false);
        await WriteAsync(writer, "", isLast: false);
        await WriteAsync(writer, "cd", isLast: true);

        Assert.Equal("HEAD" + "abcd", Received(peer, 8));
        Assert.Equal(8, writer.BytesWritten);
        Assert.Equal((0, 0), (writer.RoomBefore, writer.RoomBehind));
        Assert.Same(to, writer.Socket);
        return true;
    });

    [Fact]
    public Task Chunks_are_ours_and_the_last_one_ends_them() => LoopPair.RunAsync(async (to, peer) =>
    {
        var writer = Begun(to, BodyKind.Chunked);
        await WriteAsync(writer, "", isLast: false);
        await WriteAsync(writer, "0123456789abcdef", isLast: false);
        await WriteAsync(writer, "x", isLast: true);

        const string expected = "HEAD" + "10\r\n0123456789abcdef\r\n" + "1\r\nx\r\n0\r\n\r\n";
        Assert.Equal(expected, Received(peer, expected.Length));
        Assert.Equal(expected.Length, writer.BytesWritten);
        Assert.Null(writer.Socket);
        return true;
    });

    [Theory]
    [InlineData(true, "0\r\nX-Sum: 1\r\n\r\n")]
    [InlineData(false, "0\r\n\r\n")]
    public Task Trailers_go_only_to_who_takes_them(bool passes, string expected) => LoopPair.RunAsync(async (to, peer) =>
    {
        var writer = Begun(to, BodyKind.Chunked, passes);
        await WriteAsync(writer, "", isLast: true, "X-Sum: 1\r\n");

        Assert.Equal("HEAD" + expected, Received(peer, 4 + expected.Length));
        return true;
    });

    [Theory]
    [InlineData(10)]
    [InlineData(4 * 1024)]
    [InlineData((4 * 1024) + 1)]
    [InlineData(60_000)]
    public Task A_first_piece_of_any_size_follows_its_head(int length) => LoopPair.RunAsync(async (to, peer) =>
    {
        var writer = Begun(to, BodyKind.Length);
        var sending = WriteAsync(writer, new string('x', length), isLast: true);
        Assert.Equal("HEAD" + new string('x', length), Received(peer, 4 + length));
        await sending;
        Assert.Equal(0, to.Loop.HeadBuffers.BytesInUse);
        return true;
    });

    [Fact]
    public Task A_head_that_does_not_go_out_gives_its_buffer_back() => LoopPair.RunAsync((to, _) =>
    {
        var writer = Begun(to, BodyKind.Length);
        Assert.True(writer.HoldsHead);
        writer.Reset();
        Assert.False(writer.HoldsHead);
        Assert.Equal(0, to.Loop.HeadBuffers.BytesInUse);
        return new LoopTask<bool>(true);
    });

    private static BodyWriter Begun(Connection to, BodyKind kind, bool passesTrailers = false)
    {
        var writer = new BodyWriter(to.Loop);
        "HEAD"u8.CopyTo(writer.RentHead());
        writer.Begin(to, 4, kind, passesTrailers, idle: 10_000);
        return writer;
    }

    private static LoopTask<int> WriteAsync(BodyWriter writer, string content, bool isLast, string trailers = "")
    {
        var buffer = new byte[writer.RoomBefore + content.Length + writer.RoomBehind];
        Encoding.ASCII.GetBytes(content, buffer.AsSpan(writer.RoomBefore));
        return writer.WriteAsync(
            new BodyPiece(buffer, writer.RoomBefore, content.Length, isLast, Encoding.ASCII.GetBytes(trailers)));
    }

    private static string Received(Socket peer, int length)
    {
        var received = new byte[length];
        for (var at = 0; at < length;) at += peer.Receive(received, at, length - at, SocketFlags.None);
        return Encoding.ASCII.GetString(received);
    }
}
