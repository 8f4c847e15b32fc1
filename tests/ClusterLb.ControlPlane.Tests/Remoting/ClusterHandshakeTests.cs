using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.ControlPlane.Tests.Remoting;

public sealed class ClusterHandshakeTests
{
    private const string Place = "127.0.0.1:4053";
    private const int GreetingBytes = 10 + 32;
    private const int ProofBytes = 32;

    private static readonly byte[] s_secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public async Task Nodes_of_one_secret_let_each_other_in()
    {
        using var ends = await Ends.MakeAsync();
        await Task.WhenAll(Dial(ends.One, s_secret, Place), Answer(ends.Other, s_secret, Place));
    }

    [Theory]
    [InlineData(false, Place)]
    [InlineData(true, "127.0.0.1:4054")]
    [InlineData(true, "localhost:4053")]
    public async Task Whoever_has_another_secret_or_means_another_node_is_refused_by_both_and_sees_no_proof(bool isSecret, string dialled)
    {
        using var ends = await Ends.MakeAsync();
        var dialling = Dial(ends.One, isSecret ? s_secret : new byte[32], dialled);

        Assert.Equal(Refusal.Proof, (await Assert.ThrowsAsync<HandshakeException>(() => Answer(ends.Other, s_secret, Place))).Refusal);
        ends.Other.Dispose();
        Assert.Equal(Refusal.Proof, (await Assert.ThrowsAsync<HandshakeException>(() => dialling)).Refusal);
        Assert.Equal(0, await ends.One.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_proof_that_is_passed_on_to_another_node_is_none_there()
    {
        // Somebody listens where a dead node did, and lets a live one answer for it.
        using var caught = await Ends.MakeAsync();
        using var passedOn = await Ends.MakeAsync();
        var dialling = Dial(caught.One, s_secret, "127.0.0.1:4054");
        var answering = Answer(passedOn.Other, s_secret, Place);

        await PassAsync(caught.Other, passedOn.One, GreetingBytes);
        await PassAsync(passedOn.One, caught.Other, GreetingBytes);
        await PassAsync(caught.Other, passedOn.One, ProofBytes);

        Assert.Equal(Refusal.Proof, (await Assert.ThrowsAsync<HandshakeException>(() => answering)).Refusal);
        caught.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => dialling);
    }

    [Fact]
    public async Task What_a_node_said_and_gets_back_is_no_proof()
    {
        using var ends = await Ends.MakeAsync();
        var dialling = Dial(ends.One, s_secret, Place);
        await PassAsync(ends.Other, ends.Other, GreetingBytes);
        await PassAsync(ends.Other, ends.Other, ProofBytes);
        Assert.Equal(Refusal.Proof, (await Assert.ThrowsAsync<HandshakeException>(() => dialling)).Refusal);
    }

    [Fact]
    public async Task A_proof_that_was_heard_once_is_none_the_next_time()
    {
        using var first = await Ends.MakeAsync();
        var answering = Answer(first.Other, s_secret, Place);
        using var own = await Ends.MakeAsync();
        var dialling = Dial(own.One, s_secret, Place);
        var greeting = await ReadAsync(own.Other, GreetingBytes);
        await first.One.WriteAsync(greeting);
        await own.Other.WriteAsync(await ReadAsync(first.One, GreetingBytes));
        var proof = await ReadAsync(own.Other, ProofBytes);
        await first.One.WriteAsync(proof);
        await answering;
        own.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => dialling);

        using var again = await Ends.MakeAsync();
        var answeringAgain = Answer(again.Other, s_secret, Place);
        await again.One.WriteAsync(greeting);
        await ReadAsync(again.One, GreetingBytes);
        await again.One.WriteAsync(proof);
        Assert.Equal(Refusal.Proof, (await Assert.ThrowsAsync<HandshakeException>(() => answeringAgain)).Refusal);
    }

    [Theory]
    [InlineData("", Refusal.Silence)]
    [InlineData("GET / HTTP/1.1\r\nHost: lb1.example.com\r\n\r\n", Refusal.Protocol)]
    [InlineData("GET", Refusal.Protocol)]
    [InlineData("clusterlb\u0001", Refusal.Protocol)]
    [InlineData("clusterlb\u0002 and 32 bytes, or many more of them", Refusal.Protocol)]
    public async Task Whoever_speaks_something_else_is_refused(string said, Refusal refusal)
    {
        using var ends = await Ends.MakeAsync();
        var answering = Answer(ends.Other, s_secret, Place);
        await ends.One.WriteAsync(System.Text.Encoding.ASCII.GetBytes(said));
        ends.One.EndSending();
        Assert.Equal(refusal, (await Assert.ThrowsAsync<HandshakeException>(() => answering)).Refusal);
    }

    private static Task Dial(Stream stream, byte[] secret, string place) =>
        new ClusterHandshake(secret, place).GreetAsync(stream, CancellationToken.None);

    private static Task Answer(Stream stream, byte[] secret, string place) =>
        new ClusterHandshake(secret, place).AnswerAsync(stream, () => { }, CancellationToken.None);

    private static async Task PassAsync(Stream from, Stream to, int length) => await to.WriteAsync(await ReadAsync(from, length));

    private static async Task<byte[]> ReadAsync(Stream from, int length)
    {
        var bytes = new byte[length];
        await from.ReadExactlyAsync(bytes);
        return bytes;
    }

    /// <summary>Both ends of a connection.</summary>
    private sealed class Ends(StrangerStream one, StrangerStream other) : IDisposable
    {
        public StrangerStream One { get; } = one;

        public StrangerStream Other { get; } = other;

        public static async Task<Ends> MakeAsync()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var one = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await one.ConnectAsync(listener.LocalEndpoint);
            return new Ends(new StrangerStream(one), new StrangerStream(await listener.AcceptSocketAsync()));
        }

        public void Dispose()
        {
            One.Dispose();
            Other.Dispose();
        }
    }
}
