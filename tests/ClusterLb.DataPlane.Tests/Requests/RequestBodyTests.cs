using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Requests;

public sealed class RequestBodyTests
{
    [Fact]
    public Task What_came_whole_with_its_head_is_held_and_goes_out_as_often_as_it_has_to() => WithAsync(
        new FakeBodyReader(5, "hello, and the next request"), BodyFraming.OfLength(5), async body =>
        {
            Assert.True(body.IsHeld);
            Assert.Equal(["Hhello."], await PassAsync(body));
            Assert.Equal(["Hhello."], await PassAsync(body));
            Assert.Equal(5, body.Received);
            return true;
        });

    [Fact]
    public Task None_is_held_too() => WithAsync(new FakeBodyReader(0, ""), BodyFraming.None, async body =>
    {
        Assert.True(body.IsHeld);
        Assert.Equal(["H."], await PassAsync(body));
        return true;
    });

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(3)]
    [InlineData(0)]
    public Task A_small_one_is_received_whole_wherever_there_is_room(int room) => WithAsync(
        new FakeBodyReader(8, "ab", "cd", "", "efgh") { Room = room }, BodyFraming.OfLength(8), async body =>
        {
            Assert.True(body.MayBeHeld);
            Assert.False(body.IsHeld);
            Assert.Equal(MessageEnd.Complete, await body.HoldAsync());
            Assert.Equal(["Habcdefgh."], await PassAsync(body));
            Assert.Equal(["Habcdefgh."], await PassAsync(body));
            return true;
        });

    [Theory]
    [InlineData(RequestBody.MaxHeld, true)]
    [InlineData(RequestBody.MaxHeld + 1, false)]
    public Task A_large_one_is_not(long length, bool mayBe) => WithAsync(
        new FakeBodyReader(length, "ab"), BodyFraming.OfLength(length), body => Is(mayBe, body.MayBeHeld));

    [Fact]
    public Task One_whose_length_nobody_knows_is_not() => WithAsync(
        new FakeBodyReader(-1, "ab"), BodyFraming.Chunked, body => Is(false, body.MayBeHeld || body.IsHeld));

    [Theory]
    [InlineData(IoResult.TimedOut, (int)MessageEnd.SenderTimedOut)]
    [InlineData(IoResult.Reset, (int)MessageEnd.SenderGone)]
    public Task A_client_that_leaves_or_falls_silent_is_told_apart(int ended, int expected) => WithAsync(
        new FakeBodyReader(8, "ab", "c", ended), BodyFraming.OfLength(8), async body =>
        {
            Assert.Equal((MessageEnd)expected, await body.HoldAsync());
            Assert.False(body.IsHeld);
            return true;
        });

    [Fact]
    public Task What_is_longer_than_the_listener_allows_ends_there() => WithAsync(
        new FakeBodyReader(-1, "0123456789", "0123456789"), BodyFraming.Chunked, async body =>
        {
            var to = new FakeBodyWriter(isPlain: false);
            Assert.Equal(MessageEnd.TooLarge, await body.PassAsync(to));
            Assert.Equal(["H[0123456789]"], to.Sent);
            return true;
        },
        most: 15);

    [Fact]
    public Task A_client_that_is_asked_is_waited_for_only_from_then_on() => WithAsync(
        new FakeBodyReader(2, "", "hi"), BodyFraming.OfLength(2), async body =>
        {
            Assert.True(body.AwaitsGoAhead);
            Assert.True(body.GoAhead());
            Assert.False(body.GoAhead());
            Assert.Equal(MessageEnd.More, await body.WaitForBeginningAsync());
            Assert.Equal(["H", "hi."], await PassAsync(body));
            return true;
        },
        expects: true);

    [Fact]
    public Task Who_has_begun_to_send_waits_for_nobody() => WithAsync(
        new FakeBodyReader(2, "h", "i"), BodyFraming.OfLength(2), body => Is(false, body.AwaitsGoAhead), expects: true);

    [Fact]
    public Task What_nobody_wants_any_more_is_received_no_further()
    {
        var content = new FakeBodyReader(8, "ab", "c", "d");
        return WithAsync(content, BodyFraming.OfLength(8), async body =>
        {
            body.Cancel();
            Assert.Equal(MessageEnd.Cancelled, await body.PassAsync(new FakeBodyWriter(isPlain: true)));
            Assert.Equal(0, content.Waits);
            return true;
        });
    }

    private static async LoopTask<string[]> PassAsync(RequestBody body)
    {
        var to = new FakeBodyWriter(isPlain: true);
        Assert.Equal(MessageEnd.Complete, await body.PassAsync(to));
        return [.. to.Sent];
    }

    private static LoopTask<bool> Is<T>(T expected, T actual)
    {
        Assert.Equal(expected, actual);
        return new LoopTask<bool>(true);
    }

    private static Task<bool> WithAsync(
        FakeBodyReader content, BodyFraming framing, Func<RequestBody, LoopTask<bool>> check, long most = 0, bool expects = false) =>
        OnLoop.RunAsync(async loop =>
        {
            var listener = Configs.Listener with { Limits = Configs.Listener.Limits with { BodyBytes = most } };
            var body = new RequestBody(loop, new HttpSettings(listener, Configs.Node, new byte[16]), content);
            body.Begin(new Request(10) { Body = framing, ExpectsContinue = expects });
            await check(body);
            body.Release();
            Assert.Equal(0, loop.BodyBuffers.BytesInUse);
            return true;
        });
}
