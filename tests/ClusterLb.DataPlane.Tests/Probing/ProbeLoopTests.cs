using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Probing;

public sealed class ProbeLoopTests
{
    private static readonly ProbeTurn s_content = ProbeTurn.Done(true, "fine");
    private static readonly ProbeReply s_answered = new(ProbeEnd.Answered, new CheckResult(true, "fine"));
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task An_answer_is_read_until_the_reader_has_what_it_wants(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        await using var backend = RawBackend.Start(_ => new Reply("one two three", Close: true));

        var reply = await dataPlane.Probes.AskAsync(backend.EndPoint, new Question(
            received => Encoding.ASCII.GetString(received).Contains("two", StringComparison.Ordinal) ? s_content : ProbeTurn.More()),
            s_timeout);

        Assert.Equal(s_answered, reply);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Who_has_said_enough_may_say_the_rest(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        var (go, sent) = (new TaskCompletionSource(), new TaskCompletionSource());
        var rest = new string('x', 200_000);
        await using var backend = RawBackend.Start(_ => new Reply("first", Close: true)
        {
            Then = [(go.Task, rest), (go.Task, rest)],
            Sent = sent
        });

        Assert.Equal(s_answered, await dataPlane.Probes.AskAsync(backend.EndPoint, new Question(_ => s_content), s_timeout));
        go.SetResult();

        await sent.Task.WaitAsync(s_timeout);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task An_answer_that_ends_before_the_reader_is_content_is_none(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        await using var backend = RawBackend.Start(_ => new Reply("nothing of interest", Close: true));

        Assert.Equal(ProbeEnd.NoAnswer, (await dataPlane.Probes.AskAsync(backend.EndPoint, new Question(_ => ProbeTurn.More()), s_timeout))
            .End);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Silence_times_out_and_an_empty_port_refuses(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endPoint = (IPEndPoint)silent.LocalEndPoint!;

        Assert.Equal(ProbeEnd.Refused, (await dataPlane.Probes.AskAsync(endPoint, new Question(_ => ProbeTurn.More()), s_timeout)).End);
        silent.Listen();
        Assert.Equal(ProbeEnd.TimedOut,
            (await dataPlane.Probes.AskAsync(endPoint, new Question(_ => ProbeTurn.More()), TimeSpan.FromMilliseconds(50))).End);
        Assert.Equal(ProbeEnd.Answered, (await dataPlane.Probes.AskAsync(endPoint, null, s_timeout)).End);
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        await using var dataPlane = Start(TransportKind.Epoll);
        await using var backend = RawBackend.Start(_ => new Reply(new string('x', 1 << 20), Close: true));

        Assert.Equal(ProbeEnd.Endless, (await dataPlane.Probes.AskAsync(backend.EndPoint, new Question(_ => ProbeTurn.More()), s_timeout))
            .End);
        var takesAll = new Question(received => ProbeTurn.More(received.Length));
        Assert.Equal(ProbeEnd.Endless, (await dataPlane.Probes.AskAsync(backend.EndPoint, takesAll, s_timeout)).End);
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task A_conversation_goes_on_until_it_has_a_result_and_ends_with_a_farewell(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var heard = HearAsync(listener, "who?you?", "abc");

        var reply = await dataPlane.Probes.AskAsync((IPEndPoint)listener.LocalEndpoint, new Naming(hangsUp: false), s_timeout);

        Assert.Equal(new ProbeReply(ProbeEnd.Answered, new CheckResult(true, "named")), reply);
        Assert.Equal("namebye", await heard.WaitAsync(s_timeout));
    }

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task Who_would_wait_for_more_questions_is_hung_up_on(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var heard = HearAsync(listener, "who?you?", "");

        var reply = await dataPlane.Probes.AskAsync(
            (IPEndPoint)listener.LocalEndpoint, new Naming(hangsUp: true), TimeSpan.FromMinutes(1));

        Assert.Equal(ProbeEnd.Answered, reply.End);
        Assert.Equal("name", await heard.WaitAsync(s_timeout));
    }

    [Fact]
    public async Task A_reader_that_throws_ends_its_probe_and_no_other()
    {
        var dataPlane = Start(TransportKind.Epoll);
        await using var backend = RawBackend.Start(_ => "x");

        Assert.Equal(ProbeEnd.NotAsked,
            (await dataPlane.Probes.AskAsync(backend.EndPoint, new Question(_ => throw new InvalidOperationException("a bug")), s_timeout))
            .End);
        await Eventually.Is(() => backend.Ended == 1);
        Assert.Equal(ProbeEnd.Answered, (await dataPlane.Probes.AskAsync(backend.EndPoint, new Question(_ => s_content), s_timeout)).End);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await dataPlane.DisposeAsync());
    }

    /// <summary>Says two things at once, and one more after the farewell; returns all that it was told until the other closed.</summary>
    private static async Task<string> HearAsync(TcpListener listener, string first, string last)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(first));
        var heard = new StringBuilder();
        var buffer = new byte[100];
        for (var hasEnded = last.Length == 0; await stream.ReadAsync(buffer) is > 0 and var received;)
        {
            heard.Append(Encoding.ASCII.GetString(buffer, 0, received));
            if (hasEnded || !heard.ToString().EndsWith("bye", StringComparison.Ordinal)) continue;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(last));
            client.Client.Shutdown(SocketShutdown.Send);
            hasEnded = true;
        }

        return heard.ToString();
    }

    /// <summary>One request, and a judge of what comes.</summary>
    private sealed class Question(Heard heard) : IProbeTalk
    {
        public ReadOnlyMemory<byte> Opening { get; } = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

        public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast) => heard(received);
    }

    private delegate ProbeTurn Heard(ReadOnlySpan<byte> received);

    /// <summary>Lets the backend speak first, tells its name, and is content with the second question.</summary>
    private sealed class Naming(bool hangsUp) : IProbeTalk
    {
        private static readonly byte[] s_bye = "bye"u8.ToArray();

        public ReadOnlyMemory<byte> Opening => default;

        public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast)
        {
            if (received.StartsWith("who?"u8)) return ProbeTurn.Say("name"u8.ToArray(), 4);
            if (!received.StartsWith("you?"u8)) return ProbeTurn.More();
            return hangsUp ? ProbeTurn.HangUp(true, "named") : ProbeTurn.Done(true, "named", s_bye);
        }
    }

    private static TestDataPlane Start(TransportKind transport) => TestDataPlane.Start(transport, Configs.Listener, Configs.Pool);
}
