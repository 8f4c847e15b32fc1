using System.Net.Sockets;
using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// Where a running node can be asked for its place: a unix socket that only its user may connect to. One at a time is served, who comes
/// meanwhile waits.
/// </summary>
internal sealed class TakeoverSocket : IAsyncDisposable
{
    /// <summary>The new process has so long to get ready.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly string _path;
    private readonly Socket _socket;
    private readonly IPredecessor _node;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _serving;
    private bool _isGivenAway;

    private TakeoverSocket(string path, Socket socket, IPredecessor node, TimeProvider time)
    {
        (_path, _socket, _node, _time) = (path, socket, node, time);
        _serving = ServeAsync();
    }

    /// <summary>Takes the place of whatever socket nobody listens at any more, or of that of the process before this one.</summary>
    /// <param name="isSuccessor">Who listens there is the process whose place this one has taken.</param>
    /// <exception cref="TakeoverException">It cannot be opened.</exception>
    public static async Task<TakeoverSocket> OpenAsync(string path, bool isSuccessor, IPredecessor node, TimeProvider time)
    {
        if (!isSuccessor && await IsAliveAsync(path))
            throw new TakeoverException($"node.takeover-socket {path} is in use by another process");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // .NET removes the name that it bound when the socket is closed, which may be when another process binds.
        var own = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        try
        {
            File.Delete(own);
            socket.Bind(new UnixDomainSocketEndPoint(own));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(own, OwnersAlone);
            socket.Listen(backlog: 8);
            // In one step: at no moment is there none, or one that is open to others.
            File.Move(own, path, overwrite: true);
            return new TakeoverSocket(path, socket, node, time);
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new TakeoverException($"node.takeover-socket {path} cannot be opened: {failure.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _serving;
        _socket.Dispose();
        // After a takeover the file is the other one's.
        if (!_isGivenAway) File.Delete(_path);
        _leaving.Dispose();
    }

    private static async Task<bool> IsAliveAsync(string path)
    {
        if (UnixFile.Of(path) is not { } file) return false;
        if (!file.IsSocket) throw new TakeoverException($"node.takeover-socket {path} is there and is no socket: it is somebody's file");
        using var trial = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await trial.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException failure)
        {
            // Nobody has listened there since its process ended.
            return failure.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }

    private async Task ServeAsync()
    {
        while (!_isGivenAway)
        {
            try
            {
                _isGivenAway = await ServeAsync(await _socket.AcceptAsync(_leaving.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(s_pause, _time, _leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> ServeAsync(Socket connection)
    {
        if (Meet(connection) is not { } peer) return false;
        using var channel = new TakeoverChannel(connection, peer, _time);
        var handover = new Handover(_node, channel, Patience, _time);
        if (!await handover.RunAsync(_leaving.Token)) return false;
        await handover.TellLastAsync(_leaving.Token);
        return true;
    }

    /// <summary>Null = nobody whom this process gives its place.</summary>
    private PeerProcess? Meet(Socket connection)
    {
        try
        {
            return PeerProcess.Of(connection, _path, _time);
        }
        catch (TakeoverException stranger)
        {
            connection.Dispose();
            _node.Announce($"stays: {stranger.Message}");
            return null;
        }
    }
}
