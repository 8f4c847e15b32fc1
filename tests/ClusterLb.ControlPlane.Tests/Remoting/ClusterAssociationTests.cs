using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using ClusterLb.ControlPlane.Remoting;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Remoting;

public sealed class ClusterAssociationTests : IDisposable
{
    private static readonly Address s_address = new("tcp", "clusterlb", "127.0.0.1", 2552);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ClusterAssociationTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task What_the_other_would_not_read_is_not_sent()
    {
        using var other = new TcpClient();
        var association = await OpenAsync(other, frame: 100);
        Assert.True(association.Write(ByteString.CopyFrom(new byte[100])));
        Assert.Throws<IOException>(() => association.Write(ByteString.CopyFrom(new byte[101])));
        other.Close();
        association.ReadHandlerSource.SetResult(new Nobody());
        await association.Ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Who_said_goodbye_reads_on_and_hears_nothing()
    {
        using var other = new TcpClient();
        var association = await OpenAsync(other, frame: 1024 * 1024);
        var listener = new Nobody();
        association.ReadHandlerSource.SetResult(listener);
        association.Disassociate("it ends", NoLogger.Instance);
        // What no node sends, and of a length that none has: it is thrown away.
        var bytes = new byte[4 + 100_000];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, int.MaxValue);
        var stream = other.GetStream();
        for (var i = 0; i < 10; i++) await stream.WriteAsync(bytes);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        other.Client.Shutdown(SocketShutdown.Send);
        await association.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, listener.Payloads);
    }

    private async Task<ClusterAssociation> OpenAsync(TcpClient other, long frame)
    {
        await other.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        var wire = new StrangerStream(await _listener.AcceptSocketAsync());
        wire.Trust();
        return new ClusterAssociation(s_address, s_address, wire, wire.EndSending, new FrameLimits(frame, 2 * 1024 * 1024),
            new FakeTimeProvider());
    }

    private sealed class Nobody : IHandleEventListener
    {
        private int _payloads;

        public int Payloads => _payloads;

        public void Notify(IHandleEvent ev)
        {
            if (ev is InboundPayload) Interlocked.Increment(ref _payloads);
        }
    }
}
