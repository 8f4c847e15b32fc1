using System.Text;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Tests.Takeover;

public sealed class TakeoverFrameTests
{
    private const byte Message = 1;

    public static TheoryData<object> Messages =>
    [
        new Hello("lb1", "1.2.3"), new Refusal("no"), new Told(), new Serve(), new Serving(), new Left(), new Settled(),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_is_written_is_read(object message) =>
        Assert.Equal(message, Read(TakeoverFrame.Write((TakeoverMessage)message)).Message);

    [Fact]
    public void Lists_are_read_as_they_were_written()
    {
        var given = new SocketsGiven([new GivenSocket(SocketRole.Listener, "web", "[::]:80", true), new GivenSocket(SocketRole.Admin)]);

        Assert.Equal(given.Sockets, Assert.IsType<SocketsGiven>(Read(TakeoverFrame.Write(given)).Message).Sockets);
        Assert.Equal([3, 1], Assert.IsType<Ready>(Read(TakeoverFrame.Write(new Ready([3, 1]))).Message).Kept);
    }

    [Fact]
    public void What_a_node_knows_is_read_as_it_was_written()
    {
        var read = Read(TakeoverFrame.Write(new KnowledgePart("as1", [1, 2, 3]))).Knowledge!.Value;

        Assert.Equal("as1", read.Manifest);
        Assert.Equal([1, 2, 3], read.Bytes);
    }

    [Theory]
    [InlineData("""{"type":"hello","node":"lb1","version":"1.2.3","colour":"blue"}""", typeof(Hello))]
    [InlineData("""{"type":"song","text":"la"}""", typeof(TakeoverMessage))]
    public void A_newer_program_may_say_more(string json, Type read) =>
        Assert.IsType(read, TakeoverFrame.Read(Message, Encoding.UTF8.GetBytes(json)).Message);

    [Fact]
    public void A_kind_that_is_not_known_is_passed_over() => Assert.Equal(default, TakeoverFrame.Read(200, [1, 2, 3]));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("{")]
    [InlineData("")]
    public void What_is_no_message_is_refused(string text) =>
        Assert.Throws<TakeoverException>(() => TakeoverFrame.Read(Message, Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_length_that_nobody_sends_is_refused()
    {
        Assert.Throws<TakeoverException>(() => TakeoverFrame.LengthOf("GET /"u8));
        Assert.Throws<TakeoverException>(() => TakeoverFrame.LengthOf([0xff, 0xff, 0xff, 0xff, 1]));
    }

    private static TakeoverFrame Read(byte[] frame)
    {
        Assert.Equal(frame.Length - TakeoverFrame.HeadBytes, TakeoverFrame.LengthOf(frame));
        return TakeoverFrame.Read(frame[TakeoverFrame.HeadBytes - 1], frame.AsSpan(TakeoverFrame.HeadBytes));
    }
}
