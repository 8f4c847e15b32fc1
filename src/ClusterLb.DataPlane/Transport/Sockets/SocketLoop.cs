using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport.Sockets;

/// <summary>
/// The event loop of systems without epoll: completions arrive on the thread pool and are posted to the loop's own thread.
/// </summary>
internal sealed class SocketLoop(int index, string name, int headBufferSize, Action<Exception> onFault)
    : EventLoop(index, name, headBufferSize, onFault)
{
    private readonly object _gate = new();
    private readonly HashSet<IDisposable> _open = [];
    private bool _woken;

    public override IListener Listen(in BindAddress bind, IConnectionHandler handler) => new SocketListener(this, bind, handler);

    public override IListener Adopt(Socket socket, IConnectionHandler handler) =>
        new SocketListener(this, socket, handler, isListening: true);

    public override LoopTask<ConnectResult> ConnectAsync(IPEndPoint endPoint, long deadline)
    {
        var connection = new SocketConnection(this, new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
            PeerAddress.From(endPoint));
        return ConcludeAsync(connection, connection.ConnectAsync(endPoint, deadline));
    }

    public void Opened(IDisposable owner) => _open.Add(owner);

    public void Closed(IDisposable owner) => _open.Remove(owner);

    protected override void Turn(int timeoutMilliseconds)
    {
        lock (_gate)
        {
            if (!_woken) Monitor.Wait(_gate, timeoutMilliseconds);
            _woken = false;
        }

        Refresh();
    }

    protected override void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    protected override void CloseAll()
    {
        foreach (var owner in _open.ToArray()) owner.Dispose();
    }
}
