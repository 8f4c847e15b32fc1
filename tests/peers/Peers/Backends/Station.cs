using Peers.Native;

namespace Peers.Backends;

/// <summary>
/// One backend's capacity: <paramref name="parallel"/> requests at once, each for <paramref name="delay"/> nanoseconds; the rest wait in
/// line.
/// </summary>
internal sealed class Station(long delay, int parallel, PriorityQueue<(Station, ServerConnection), long> due)
{
    private readonly Queue<ServerConnection> _line = new();
    private int _busy;

    public void Serve(ServerConnection connection)
    {
        if (delay == 0)
        {
            connection.Answer();
        }
        else if (_busy == parallel)
        {
            _line.Enqueue(connection);
        }
        else
        {
            Start(connection);
        }
    }

    public void Finished()
    {
        _busy--;
        if (_line.TryDequeue(out var next))
        {
            Start(next);
        }
    }

    private void Start(ServerConnection connection)
    {
        _busy++;
        due.Enqueue((this, connection), Reactor.Now + delay);
    }
}
