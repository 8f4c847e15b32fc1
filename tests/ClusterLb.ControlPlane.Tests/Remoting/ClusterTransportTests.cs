using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Tests.Membership;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Remoting;

/// <summary>The cluster port over real sockets, with strangers at it.</summary>
public sealed class ClusterTransportTests
{
    [Fact]
    public async Task Any_number_of_strangers_keeps_no_node_out_and_few_of_them_are_kept()
    {
        // By its clock no time passes, so that strangers go for want of room, none for its silence.
        var time = new FakeTimeProvider();
        await using var node = new Insider(TestCluster.Secret, time);
        var strangers = new List<Socket>();
        for (var i = 0; i < 2_000; i++) strangers.Add(await DialAsync(node.Port));
        await Patience.Until(() => node.Counts.Refused(Refusal.Crowd) >= 2_000 - 256);
        await Patience.Until(() => node.Counts.Pending is > 0 and <= 256);
        time.Advance(TimeSpan.FromSeconds(1));

        await using var other = new Insider(TestCluster.Secret);
        await AnswersAsync(other, node.Port);

        foreach (var stranger in strangers) stranger.Dispose();
        await Patience.Until(() => node.Counts.Pending == 0);
    }

    [Fact]
    public async Task Who_says_nothing_is_hung_up_on_in_time()
    {
        var time = new FakeTimeProvider();
        await using var node = new Insider(TestCluster.Secret, time);
        using var silent = await DialAsync(node.Port);
        using var slow = await DialAsync(node.Port);
        await slow.SendAsync("clusterl"u8.ToArray());
        await Patience.Until(() => node.Counts.Pending == 2);

        await Patience.Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return node.Counts.Refused(Refusal.Timeout) == 2;
        });

        Assert.Equal(0, node.Counts.Pending);
        Assert.Equal(0, await ReadAsync(silent));
        Assert.Equal(0, await ReadAsync(slow));
    }

    [Fact]
    public async Task Of_what_a_stranger_says_no_more_is_read_than_a_handshake_needs()
    {
        await using var node = new Insider(TestCluster.Secret);
        using var stranger = await DialAsync(node.Port);
        // A frame of 900 KB, as far as it goes: its reader is gone after the first bytes.
        var frame = new byte[900 * 1024];
        BinaryPrimitives.WriteInt32LittleEndian(frame, 1_000_000);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var sent = 0; sent < 64 * 1024 * 1024; sent += frame.Length) await stranger.SendAsync(frame);
        });
        await Patience.Until(() => node.Counts.Refused(Refusal.Protocol) == 1);
    }

    [Fact]
    public async Task Before_it_is_associated_nothing_that_a_node_says_is_read_but_who_it_is()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        byte[][] firsts =
        [
            // A message for an actor, in JSON that names a type.
            Field(1, Field(2,
                [.. Field(1, Field(1, "akka.tcp://clusterlb@127.0.0.1/user/agent"u8)),
                    .. Field(2, [.. Field(1, "{\"$type\":\"System.IO.FileInfo, System.Runtime\"}"u8), 0x10, 1])])),
            [0xff, 0xff, 0xff],
            [],
        ];
        foreach (var first in firsts)
        {
            await using var stream = await ProveAsync(node.Port);
            var frame = new byte[4 + first.Length];
            BinaryPrimitives.WriteInt32LittleEndian(frame, first.Length);
            first.CopyTo(frame, 4);
            await stream.WriteAsync(frame);
            Assert.True(await IsOverAsync(stream));
        }

        Assert.Equal((0, 0), (node.Host.ClusterPort.RefusedSerializers, node.Restarts));
        await cluster.WholeAsync();
    }

    [Theory]
    [InlineData(1024 * 1024 + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public async Task A_frame_larger_than_any_that_nodes_send_ends_the_connection(int length)
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await using var stream = await ProveAsync(node.Port);
        var head = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        await stream.WriteAsync(head);
        Assert.True(await IsOverAsync(stream));
        Assert.Equal(0, node.Restarts);
    }

    [Fact]
    public async Task What_was_said_last_arrives_although_the_other_ends_at_once()
    {
        await using var node = new Insider(TestCluster.Secret);
        var heard = new TaskCompletionSource<object>();
        node.System.ActorOf(Props.Create(() => new Listener(heard)), "listener");
        await using (var other = new Insider(TestCluster.Secret))
        {
            await AnswersAsync(other, node.Port);
            other.System.ActorSelection(At(node.Port, "listener")).Tell("the last word");
        }

        Assert.Equal("the last word", await heard.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Messages_up_to_the_largest_arrive_whole_and_in_order()
    {
        await using var node = new Insider(TestCluster.Secret);
        await using var other = new Insider(TestCluster.Secret);
        node.System.ActorOf(Props.Create(() => new Mirror()), "mirror");
        await AnswersAsync(other, node.Port);
        var mirror = other.System.ActorSelection(At(node.Port, "mirror"));
        foreach (var size in new[] { 0, 1, 4_000, 70_000, 1_000_000 })
        {
            var text = string.Create(size, size, (span, seed) => span.Fill((char)('a' + (seed % 26))));
            Assert.Equal(text, await mirror.Ask<string>(text, TimeSpan.FromSeconds(30)));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => mirror.Ask<int>(i, TimeSpan.FromSeconds(30))));
        Assert.Equal(Enumerable.Range(0, 2_000), answers);
    }

    private static string At(int port, string actor) =>
        string.Create(CultureInfo.InvariantCulture, $"akka.trttl.tcp://clusterlb@127.0.0.1:{port}/user/{actor}");

    /// <summary>Waits until one system hears another: the first tries may meet a port that is not open yet.</summary>
    private static Task AnswersAsync(Insider from, int port) => Patience.Until(async () =>
    {
        try
        {
            await from.System.ActorSelection(At(port, "")).Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(2));
            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    });

    private static async Task<Socket> DialAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return socket;
            }
            catch (SocketException) when (attempt < 500)
            {
                // It is about to be opened.
                socket.Dispose();
                await Task.Delay(20);
            }
        }
    }

    private static async Task<StrangerStream> ProveAsync(int port)
    {
        var stream = new StrangerStream(await DialAsync(port));
        await new ClusterHandshake(TestCluster.Secret, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"))
            .GreetAsync(stream, CancellationToken.None);
        stream.Trust();
        return stream;
    }

    /// <summary>Reads to the end, which comes.</summary>
    private static async Task<bool> IsOverAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            var buffer = new byte[1024];
            while (await stream.ReadAsync(buffer, patience.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<int> ReadAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>A Protobuf field of bytes.</summary>
    private static byte[] Field(int number, ReadOnlySpan<byte> value)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }

        return bytes.ToArray();
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource<object> heard) => ReceiveAny(message => heard.TrySetResult(message));
    }

    private sealed class Mirror : ReceiveActor
    {
        public Mirror() => ReceiveAny(message => Sender.Tell(message));
    }
}
