using Peers.Native;

namespace Peers.Backends;

/// <summary>
/// Backends that nginx cannot be: they read a request body to its end (and answer its length), and they can be slow, each port
/// serving a limited number of requests at once, so that too much work queues there as it does at a real backend.
/// </summary>
internal sealed class BackendServer
{
    private readonly Reactor _reactor = new();
    private readonly PriorityQueue<(Station Station, ServerConnection Connection), long> _due = new();

    public BackendServer(IEnumerable<(int Port, double DelayMilliseconds)> ports, int parallel)
    {
        foreach (var (port, delay) in ports)
        {
            var station = new Station((long)(delay * 1e6), parallel, _due);
            var fd = Libc.OpenSocket();
            Libc.Listen(fd, port);
            _reactor.Watch(fd, new Acceptor(_reactor, fd, station));
        }
    }

    /// <summary>Serves until the process ends.</summary>
    public void Run()
    {
        while (true)
        {
            while (_due.TryPeek(out var done, out var at) && at <= Reactor.Now)
            {
                _due.Dequeue();
                done.Station.Finished();
                done.Connection.Answer();
            }

            _reactor.Turn(_due.TryPeek(out _, out var next) ? next : Reactor.Now + 1_000_000_000);
        }
    }

    private sealed class Acceptor(Reactor reactor, int listener, Station station) : IReady
    {
        public void Ready()
        {
            while (Libc.Accept(listener) is var fd and >= 0)
            {
                Libc.NoDelay(fd);
                var connection = new ServerConnection(reactor, fd, station);
                reactor.Watch(fd, connection);
            }
        }
    }
}
