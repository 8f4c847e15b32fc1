using Peers.Native;

namespace Peers.Load;

/// <summary>Makes one load run on the calling thread.</summary>
internal sealed class Generator : IRequestSource
{
    private const long Second = 1_000_000_000;

    /// <summary>How long answers may take after the last request was due; then they are errors.</summary>
    private const long Patience = 60 * Second;
    private const int MostErrors = 1000;

    /// <summary>At the start the load itself is still being compiled; what is due then is counted but not timed.</summary>
    private const long StartUp = Second / 2;

    /// <summary>Idle connections are opened a few at a time: a burst of them would measure the burst.</summary>
    private const int OpeningAtOnce = 32;

    private readonly LoadConfig _config;
    private readonly Reactor _reactor = new();
    private readonly Histogram _latency = new();
    private readonly Schedule _schedule;
    private readonly ClientConnection[] _connections;
    private readonly Stack<ClientConnection> _free = new();
    private readonly long _end;
    private long _answered;
    private long _underWay;
    private long _errors;
    private double _bytes;
    private string? _firstError;

    public Generator(LoadConfig config)
    {
        _config = config;
        var head = config.RequestHead();
        var body = new byte[Math.Min(config.Body, 1 << 20)];
        _connections = [.. Enumerable.Range(0, config.Connections).Select(_ => new ClientConnection(_reactor, config, head, body, this))];
        Started = Reactor.Now;
        _schedule = new Schedule(Started, config.Rate, config.Poisson);
        _end = Started + (long)(config.Seconds * Second);
    }

    private long Started { get; }

    private bool Over => Reactor.Now >= _end || _errors >= MostErrors;

    public LoadReport Run()
    {
        switch (_config.Mode)
        {
            case LoadMode.Open:
                RunOpen();
                break;
            case LoadMode.Idle:
                RunIdle();
                break;
            default:
                RunClosed();
                break;
        }

        if (_underWay > 0)
        {
            _errors += _underWay;
            _firstError ??= "no answer";
        }

        return new LoadReport(_answered, _bytes, (Reactor.Now - Started) / 1e9, _errors,
            _latency.Milliseconds(0.5), _latency.Milliseconds(0.99), _latency.Milliseconds(0.999), _firstError);
    }

    public void Answered(ClientConnection connection, long bodyBytes)
    {
        _answered++;
        if (connection.Due >= Started + StartUp)
        {
            _latency.Record(Reactor.Now - connection.Due);
        }

        _bytes += bodyBytes;
        Next(connection);
    }

    public void Failed(ClientConnection connection, string reason)
    {
        _errors++;
        _firstError ??= reason;
        Next(connection);
    }

    private void Next(ClientConnection connection)
    {
        _underWay--;
        _free.Push(connection);
    }

    private void RunClosed()
    {
        foreach (var connection in _connections)
        {
            Request(connection, Reactor.Now);
        }

        while (_underWay > 0 && Reactor.Now < _end + Patience)
        {
            _reactor.Turn(Reactor.Now + Second);
            while (!Over && _free.TryPop(out var connection))
            {
                Request(connection, Reactor.Now);
            }
        }
    }

    private void RunIdle()
    {
        var opened = 0;
        while ((opened < _connections.Length || _underWay > 0) && Reactor.Now < _end + Patience && _errors < MostErrors)
        {
            while (opened < _connections.Length && _underWay < OpeningAtOnce)
            {
                Request(_connections[opened++], Reactor.Now);
            }

            _reactor.Turn(Reactor.Now + Second);
        }
    }

    private void RunOpen()
    {
        foreach (var connection in _connections)
        {
            _free.Push(connection);
        }

        while ((_schedule.Next < _end || _underWay > 0) && Reactor.Now < _end + Patience && _errors < MostErrors)
        {
            while (_schedule.Next < _end && _schedule.Next <= Reactor.Now && _free.TryPop(out var connection))
            {
                Request(connection, _schedule.Take());
            }

            // Without a free connection the next due request waits for an answer, and its latency with it.
            _reactor.Turn(_free.Count > 0 && _schedule.Next < _end ? _schedule.Next : Reactor.Now + Second);
        }
    }

    private void Request(ClientConnection connection, long due)
    {
        _underWay++;
        connection.Request(due);
    }
}
