using System.Net.Sockets;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>
/// Answers over TCP (RFC 7766): queries of a connection in their order, as many as it likes. A connection that says nothing whole for a
/// while is closed; of too many the one that has been silent for longest makes room.
/// </summary>
internal sealed class StreamServer : IAsyncDisposable
{
    /// <summary>Open at once.</summary>
    internal const int MostConnections = 128;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Responder _responder;
    private readonly DnsCounts _counts;
    private readonly TimeProvider _time;
    private readonly TimeSpan _idle;
    private readonly Action<Exception> _onFault;
    private readonly Lock _lock = new();
    private readonly Dictionary<StreamConnection, Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <param name="listener">Listens; its own from here on.</param>
    /// <param name="responder">Says what is answered.</param>
    /// <param name="counts">Of connections, and of what is no query.</param>
    /// <param name="idle">From one whole query to the next.</param>
    /// <param name="onFault">Hears of bugs; other connections go on.</param>
    public StreamServer(Socket listener, Responder responder, DnsCounts counts, TimeSpan idle, TimeProvider time,
        Action<Exception> onFault)
    {
        (_listener, _responder, _counts, _idle, _time, _onFault) = (listener, responder, counts, idle, time, onFault);
        _accepting = Task.Run(AcceptAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Closed when nobody is at it any more: what .NET does to wake who is would end it for another process that has it, too.
        await _accepting;
        _listener.Dispose();
        Task[] left;
        lock (_lock) left = [.. _connections.Values];
        await Task.WhenAll(left);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Begin(await _listener.AcceptAsync(_stop.Token));
            }
            catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One that was reset before it was accepted, or no descriptors are left: neither ends the port.
                await Task.Delay(s_pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Begin(Socket accepted)
    {
        var connection = new StreamConnection(accepted, _responder, _counts, _idle, _time);
        lock (_lock)
        {
            if (_connections.Count >= MostConnections) Evict();
            _counts.Connect();
            _connections[connection] = Task.Run(() => ServeAsync(connection));
        }
    }

    /// <summary>It is counted until its task has ended, and has no place here any more.</summary>
    private void Evict()
    {
        var silent = _connections.Keys.MinBy(one => one.HeardAt)!;
        _connections.Remove(silent);
        silent.Close();
    }

    private async Task ServeAsync(StreamConnection connection)
    {
        try
        {
            await connection.ServeAsync(_stop.Token);
        }
        catch (Exception bug)
        {
            _onFault(bug);
        }
        finally
        {
            lock (_lock) _connections.Remove(connection);
            _counts.Disconnect();
        }
    }
}
