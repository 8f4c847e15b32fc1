using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Requests;

public sealed class BodyPumpTests
{
    [Fact]
    public async Task What_came_with_the_head_goes_out_with_it()
    {
        var to = new FakeBodyWriter(isPlain: true);

        Assert.Equal(MessageEnd.Complete, await PumpAsync(new FakeBodyReader(3, "abc"), to));
        Assert.Equal(["Habc."], to.Sent);
    }

    [Fact]
    public async Task A_head_waits_for_no_body()
    {
        var to = new FakeBodyWriter(isPlain: true);

        Assert.Equal(MessageEnd.Complete, await PumpAsync(new FakeBodyReader(5, "", "ab", "cde"), to));
        Assert.Equal(["H", "ab", "cde."], to.Sent);
    }

    [Fact]
    public async Task A_message_without_a_body_is_its_head()
    {
        var to = new FakeBodyWriter(isPlain: true);

        Assert.Equal(MessageEnd.Complete, await PumpAsync(new FakeBodyReader(0, ""), to));
        Assert.Equal(["H."], to.Sent);
    }

    [Fact]
    public async Task Pieces_have_the_room_that_their_writer_needs()
    {
        var to = new FakeBodyWriter(isPlain: false);

        Assert.Equal(MessageEnd.Complete, await PumpAsync(new FakeBodyReader(-1, "ab", "c", MessageEnd.Complete), to));
        Assert.Equal(["H[ab]", "[c]", "[]."], to.Sent);
    }

    [Fact]
    public async Task A_piece_fills_the_buffer_but_for_that_room()
    {
        var to = new FakeBodyWriter(isPlain: false);
        var body = new string('x', (64 * 1024) + 10);

        Assert.Equal(MessageEnd.Complete, await PumpAsync(new FakeBodyReader(body.Length, body), to));
        Assert.Equal([1 + (64 * 1024), 12 + 2 + 1], to.Sent.Select(sent => sent.Length));
    }

    [Fact]
    public async Task A_first_piece_that_is_malformed_leaves_the_head_where_it_is()
    {
        var to = new FakeBodyWriter(isPlain: true);
        var from = new FakeBodyReader(-1, "", MessageEnd.Malformed);
        await from.WaitAsync(0);

        Assert.Equal(MessageEnd.Malformed, await PumpAsync(from, to));
        Assert.True(to.HoldsHead);
        Assert.Empty(to.Sent);
    }

    [Theory]
    [InlineData(IoResult.TimedOut, (int)MessageEnd.SenderTimedOut)]
    [InlineData(IoResult.Reset, (int)MessageEnd.SenderGone)]
    [InlineData(IoResult.Closed, (int)MessageEnd.SenderGone)]
    public async Task What_the_sender_did_is_told(int ended, int expected)
    {
        var to = new FakeBodyWriter(isPlain: true);

        Assert.Equal((MessageEnd)expected, await PumpAsync(new FakeBodyReader(9, "ab", ended), to));
        Assert.Equal(["Hab"], to.Sent);
    }

    [Theory]
    [InlineData(IoResult.TimedOut, (int)MessageEnd.ReceiverTimedOut)]
    [InlineData(IoResult.Reset, (int)MessageEnd.ReceiverGone)]
    [InlineData(IoResult.Closed, (int)MessageEnd.ReceiverGone)]
    public async Task What_the_receiver_did_is_told(int ended, int expected)
    {
        foreach (var isPlain in new[] { true, false })
        {
            var to = new FakeBodyWriter(isPlain) { Result = ended };

            Assert.Equal((MessageEnd)expected, await PumpAsync(new FakeBodyReader(9, "ab", "cd"), to));
            Assert.Single(to.Sent);
        }
    }

    [Fact]
    public async Task What_is_too_much_is_not_sent()
    {
        foreach (var isPlain in new[] { true, false })
        {
            var to = new FakeBodyWriter(isPlain);

            Assert.Equal(MessageEnd.TooLarge, await PumpAsync(new FakeBodyReader(9, "ab", "cdef"), to, most: 5));
            Assert.Single(to.Sent);
        }
    }

    private static Task<MessageEnd> PumpAsync(IBodyReader from, IBodyWriter to, long most = long.MaxValue) => OnLoop.RunAsync(async loop =>
    {
        var end = await new BodyPump(loop).RunAsync(from, to, new Limits(from, most));
        Assert.Equal(0, loop.BodyBuffers.BytesInUse);
        return end;
    });

    private sealed class Limits(IBodyReader from, long most) : IBodyLimits
    {
        private long _taken;

        public async LoopTask<MessageEnd> WaitAsync() => MessageEnds.OfSender(await from.WaitAsync(0));

        public MessageEnd Took(long count) => (_taken += count) > most ? MessageEnd.TooLarge : MessageEnd.More;
    }
}
