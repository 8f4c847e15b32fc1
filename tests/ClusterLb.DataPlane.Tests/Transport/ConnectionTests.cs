using System.Net;
using System.Net.Sockets;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Transport;

public sealed class ConnectionTests
{
    private readonly IdleLoop _loop = new();
    private readonly ScriptedConnection _connection;

    public ConnectionTests() => _connection = new ScriptedConnection(_loop);

    [Fact]
    public void Who_leaves_sends_FIN_reads_what_still_comes_and_closes_once_the_peer_has_finished()
    {
        _connection.Leave();
        Assert.Equal((true, "FIN"), (_connection.IsClosed, _connection.Did));
        _connection.Say(100, 200);
        Assert.Equal("FIN", _connection.Did);
        _connection.Say(100, IoResult.EndOfStream);
        Assert.Equal("FIN close", _connection.Did);
    }

    [Fact]
    public void What_is_there_already_is_read_at_once()
    {
        _connection.Script(100, IoResult.EndOfStream);
        _connection.Leave();
        Assert.Equal("FIN close", _connection.Did);
    }

    [Theory]
    [InlineData(999, "FIN")]
    [InlineData(1_016, "FIN RST")]
    public void A_peer_that_does_not_finish_is_reset_after_a_second(int milliseconds, string did)
    {
        _connection.Leave();
        _loop.Timers.Advance(_loop.Now + milliseconds);
        Assert.Equal(did, _connection.Did);
    }

    [Fact]
    public void A_peer_that_has_no_mind_to_finish_is_reset_at_once()
    {
        _connection.Leave();
        _connection.Say([.. Enumerable.Repeat(64 * 1024, 20)]);
        Assert.Equal("FIN RST", _connection.Did);
    }

    [Fact]
    public void A_peer_that_resets_ends_it()
    {
        _connection.Leave();
        _connection.Say(IoResult.Reset);
        Assert.Equal("FIN RST", _connection.Did);
    }

    [Fact]
    public async Task To_its_users_it_is_closed()
    {
        var reading = _connection.ReceiveAsync(new byte[1], deadline: long.MaxValue / 2);
        _connection.Leave();
        _connection.CompleteClosed();
        Assert.Equal(IoResult.Closed, await reading);
        Assert.Equal(IoResult.Closed, await _connection.SendAsync(new byte[1], deadline: long.MaxValue / 2));
        Assert.Equal(IoResult.Closed, await _connection.ReceiveAsync(new byte[1], deadline: long.MaxValue / 2));
    }

    [Fact]
    public void Closing_it_again_changes_nothing_aborting_it_resets_at_once_and_the_end_of_its_loop_lets_it_go()
    {
        _connection.Leave();
        _connection.Close();
        _connection.Leave();
        Assert.Equal("FIN", _connection.Did);
        _connection.Abort();
        _connection.Drop();
        Assert.Equal("FIN RST", _connection.Did);

        var other = new ScriptedConnection(_loop);
        other.Leave();
        other.Drop();
        Assert.Equal("FIN close", other.Did);
    }

    private sealed class ScriptedConnection(EventLoop loop) : Connection(loop)
    {
        private readonly Queue<int> _receives = new();
        private readonly List<string> _did = [];

        public string Did => string.Join(' ', _did);

        /// <summary>What the next receives return.</summary>
        public void Script(params int[] receives)
        {
            foreach (var receive in receives) _receives.Enqueue(receive);
            MayReceive = true;
        }

        /// <summary>As <see cref="Script"/>, and the loop hears of it.</summary>
        public void Say(params int[] receives)
        {
            Script(receives);
            OnReadable();
        }

        public override bool IsQuietNow() => false;

        public override void ShutdownSend() => _did.Add("FIN");

        protected internal override int ReceiveNow(Span<byte> destination)
        {
            if (_receives.TryDequeue(out var receive)) return receive;
            MayReceive = false;
            return IoResult.WouldBlock;
        }

        protected internal override int SendNow(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) => first.Length + second.Length;

        protected internal override void ArmRead()
        {
        }

        protected internal override void ArmWrite()
        {
        }

        protected override void CloseNow(bool abort) => _did.Add(abort ? "RST" : "close");
    }

    /// <summary>Never started: a test turns its timers.</summary>
    private sealed class IdleLoop() : EventLoop(0, "idle", 1024, fault => throw fault)
    {
        public override IListener Listen(in BindAddress bind, IConnectionHandler handler) => throw new NotSupportedException();

        public override IListener Adopt(Socket socket, IConnectionHandler handler) => throw new NotSupportedException();

        public override LoopTask<ConnectResult> ConnectAsync(IPEndPoint endPoint, long deadline) => throw new NotSupportedException();

        protected override void Turn(int timeoutMilliseconds)
        {
        }

        protected override void Wake()
        {
        }

        protected override void CloseAll()
        {
        }
    }
}
