using System.Net.Sockets;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Dns.Zones;
using ClusterLb.Node.Tests.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Zones;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Dns.Serving;

/// <summary>A hundred thousand messages that somebody made up, at a real port.</summary>
public sealed class FuzzTests
{
    private const int Messages = 100_000;

    [Fact]
    public async Task Whatever_comes_over_UDP_it_answers_the_next()
    {
        await using var server = TestNameServer.Start();
        var random = new Random(20_260_101);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server.EndPoint);
        var response = new byte[4_096];

        for (var i = 0; i < Messages; i++)
        {
            await socket.SendAsync(Message(random));
            // Every answer is whole, and none is lost because nobody takes it.
            while (socket.Available > 0) Answered.Read(response.AsSpan(0, await socket.ReceiveAsync(response)));
            // As many as the kernel has room for.
            if (i % 100 == 0) await Eventually.Is(() => Heard(server) == i + 1);
        }

        await Eventually.Is(() => Heard(server) == Messages);
        Assert.True(server.Counts.Malformed > Messages / 20);
        Assert.Equal(3, (await NameClient.AskAsync(server.EndPoint, SampleZone.Name, RecordType.A))!.Answers.Count);
    }

    [Fact]
    public async Task Whatever_comes_over_TCP_it_answers_the_next()
    {
        await using var server = TestNameServer.Start();
        var random = new Random(20_260_102);

        for (var i = 0; i < 300; i++)
        {
            using var stream = await NameClient.ConnectAsync(server.EndPoint);
            try
            {
                for (var j = 0; j < 5; j++)
                {
                    var message = Message(random);
                    await stream.WriteAsync(random.Next(5) == 0 ? message : NameClient.Framed(message));
                }
            }
            catch (IOException)
            {
                // It has heard enough.
            }
        }

        using var sane = await NameClient.ConnectAsync(server.EndPoint);
        await sane.WriteAsync(NameClient.Framed(QueryBytes.Of(SampleZone.Name, RecordType.A)));
        Assert.Equal(3, (await NameClient.ReadAsync(sane))!.Answers.Count);
    }

    private static long Heard(TestNameServer server) =>
        server.Counts.Malformed + Enum.GetValues<Outcome>().Sum(server.Counts.Of);

    /// <summary>Noise, a query with some bytes changed, one that was cut off, or a sound one of an odd kind.</summary>
    private static byte[] Message(Random random)
    {
        var message = QueryBytes.Of(random.Next(3) == 0 ? $"lb{random.Next(5)}.{SampleZone.Name}" : SampleZone.Name,
            (RecordType)random.Next(260), (ushort)random.Next(1, 4), flags: (ushort)(random.Next(4) == 0 ? random.Next(65_536) : 0),
            tail: QueryBytes.Edns((ushort)random.Next(65_536), (byte)(random.Next(8) == 0 ? 1 : 0),
                options: QueryBytes.Option((ushort)random.Next(8, 14), new byte[random.Next(30)])));
        switch (random.Next(4))
        {
            case 0:
                var noise = new byte[random.Next(600)];
                random.NextBytes(noise);
                return noise;
            case 1:
                for (var i = random.Next(1, 6); i > 0; i--) message[random.Next(message.Length)] = (byte)random.Next(256);
                return message;
            case 2:
                return message[..random.Next(message.Length)];
            default:
                return message;
        }
    }
}
