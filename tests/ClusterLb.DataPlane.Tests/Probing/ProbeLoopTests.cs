using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Probing;

public sealed class ProbeLoopTests
{
    private static readonly byte[] s_question = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Sockets)]
    public async Task An_answer_is_read_until_the_reader_has_what_it_wants(TransportKind transport)
    {
        await using var dataPlane = Start(transport);
        await using var backend = RawBackend.Start(_ => new Reply("one two three", Close: true));

        var reply = await dataPlane.Probes.AskAsync(backend.EndPoint, s_question,
            received => Encoding.ASCII.GetString(received).Contains("two", StringComparison.Ordinal) ? 2 : null, s_timeout);

        Assert.Equal(new ProbeReply(ProbeEnd.Answered, 2), reply);
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

        var reply = await dataPlane.Probes.AskAsync(backend.EndPoint, s_question, _ => 1, s_timeout);
        Assert.Equal(new ProbeReply(ProbeEnd.Answered, 1), reply);
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

        Assert.Equal(ProbeEnd.NoAnswer, (await dataPlane.Probes.AskAsync(backend.EndPoint, s_question, _ => null, s_timeout)).End);
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

        Assert.Equal(ProbeEnd.Refused, (await dataPlane.Probes.AskAsync(endPoint, s_question, _ => null, s_timeout)).End);
        silent.Listen();
        Assert.Equal(ProbeEnd.TimedOut, (await dataPlane.Probes.AskAsync(endPoint, s_question, _ => null, TimeSpan.FromMilliseconds(50)))
            .End);
        Assert.Equal(ProbeEnd.Answered, (await dataPlane.Probes.AskAsync(endPoint, default, null, s_timeout)).End);
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        await using var dataPlane = Start(TransportKind.Epoll);
        await using var backend = RawBackend.Start(_ => new Reply(new string('x', 1 << 20), Close: true));

        Assert.Equal(ProbeEnd.NoAnswer, (await dataPlane.Probes.AskAsync(backend.EndPoint, s_question, _ => null, s_timeout)).End);
    }

    [Fact]
    public async Task A_reader_that_throws_ends_its_probe_and_no_other()
    {
        var dataPlane = Start(TransportKind.Epoll);
        await using var backend = RawBackend.Start(_ => new Reply("x", Close: true));

        Assert.Equal(ProbeEnd.NotAsked,
            (await dataPlane.Probes.AskAsync(backend.EndPoint, s_question, _ => throw new InvalidOperationException("a bug"), s_timeout))
            .End);
        Assert.Equal(ProbeEnd.Answered, (await dataPlane.Probes.AskAsync(backend.EndPoint, s_question, _ => 1, s_timeout)).End);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await dataPlane.DisposeAsync());
    }

    private static TestDataPlane Start(TransportKind transport) => TestDataPlane.Start(transport, Configs.Listener, Configs.Pool);
}
