using System.Net.Sockets;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>One end of a takeover in the hands of a test, which is gone whenever the test says so.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _patience = new(s_patience);
    private readonly TakeoverChannel _channel;
    private readonly List<HandedSocket> _sockets = [];

    private ScriptedPeer(Socket socket) => _channel = new TakeoverChannel(socket, new TestProcess(), TimeProvider.System);

    /// <summary>Which it was given.</summary>
    public IReadOnlyList<HandedSocket> Sockets => _sockets;

    public int Told { get; private set; }

    /// <summary>As a new process.</summary>
    public static async Task<ScriptedPeer> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new ScriptedPeer(socket);
    }

    /// <summary>As a running one.</summary>
    public static async Task<ScriptedPeer> AcceptAsync(Socket listener)
    {
        using var patience = new CancellationTokenSource(s_patience);
        return new ScriptedPeer(await listener.AcceptAsync(patience.Token));
    }

    public Task SayAsync(TakeoverMessage message) => _channel.SendAsync(message, _patience.Token);

    public Task GiveAsync(params IReadOnlyList<HandedSocket> sockets) => _channel.SendAsync(sockets, _patience.Token);

    /// <summary>Null = the other end is gone.</summary>
    public Task<T?> HearAsync<T>()
        where T : TakeoverMessage => _channel.ReceiveAsync<T>(_patience.Token, _ => Told++, _sockets.AddRange);

    /// <summary>As if it had been killed: its descriptors are closed, and nothing is said.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        foreach (var one in _sockets) one.Socket.Dispose();
        _patience.Dispose();
    }
}
