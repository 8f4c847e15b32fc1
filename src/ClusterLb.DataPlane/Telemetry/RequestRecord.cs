using System.Diagnostics;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// What is remembered of a request, or of a TCP connection, until it is logged. One per exchange, reused; plain stores only.
/// </summary>
internal sealed class RequestRecord
{
    private long _started;
    private long _connectingSince;
    private long _connecting;
    private long _queued;
    private long _withBackendSince;
    private long _responded;

    /// <summary>The route that matched; <c>default</c>; or empty.</summary>
    public string Route { get; private set; } = "";

    /// <summary>Where the route's requests are counted; null = it was refused before there was a route.</summary>
    public RouteCount? Count { get; private set; }

    public string Pool { get; set; } = "";

    /// <summary>The last one tried.</summary>
    public string Backend { get; private set; } = "";

    /// <summary>How the backend was chosen: the policy's name, or <c>fail-open</c>.</summary>
    public string Decision { get; set; } = "";

    /// <summary>Why it was not a plain success; empty when it was.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Who ended it: <c>complete</c>, <c>client</c>, <c>backend</c>, <c>proxy</c> or <c>timeout</c>.</summary>
    public string EndedBy { get; set; } = "complete";

    public int Status { get; set; }

    public int Attempts { get; private set; }

    /// <summary>Bytes of the request, head included.</summary>
    public long RequestBytes { get; set; }

    /// <summary>Bytes of the response, head included.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>Those of them that are its head.</summary>
    public long ResponseHeadBytes { get; set; }

    /// <summary>From the first byte of the request, or a TCP connection's accept, until now.</summary>
    public long ElapsedMicroseconds => Microseconds(Stopwatch.GetTimestamp() - _started);

    /// <summary>Waiting for a backend that has room, over all attempts.</summary>
    public long QueueMicroseconds => Microseconds(_queued);

    /// <summary>Making connections to backends, over all attempts; 0 = kept ones were used.</summary>
    public long ConnectMicroseconds => Microseconds(_connecting);

    /// <summary>
    /// From the first byte of the request to the head of the response, or from a TCP connection's accept to the backend's first byte; 0 =
    /// none came.
    /// </summary>
    public long FirstByteMicroseconds => _responded == 0 ? 0 : Microseconds(_responded - _started);

    /// <summary>
    /// From the connection with the backend to the response's head: what the client waited for before, in a queue or for other backends, is
    /// not this one's doing. 0 = none came.
    /// </summary>
    public long BackendMicroseconds => _responded == 0 ? 0 : Microseconds(_responded - _withBackendSince);

    public void Begin()
    {
        _started = Stopwatch.GetTimestamp();
        (_queued, _connecting, _responded, Count) = (0, 0, 0, null);
        (Route, Pool, Backend, Decision, Reason, EndedBy) = ("", "", "", "", "", "complete");
        (Status, Attempts, RequestBytes, ResponseBytes, ResponseHeadBytes) = (0, 0, 0, 0, 0);
    }

    /// <param name="count">Where its requests are counted.</param>
    public void Takes(string route, RouteCount? count) => (Route, Count) = (route, count);

    public void Tries(string backend)
    {
        Attempts++;
        Backend = backend;
    }

    /// <param name="since">When the wait began, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
    public void Queued(long since) => _queued += Stopwatch.GetTimestamp() - since;

    public void Connects() => _connectingSince = _withBackendSince = Stopwatch.GetTimestamp();

    /// <summary>A connection was made, or could not be. Not told where a kept one was used.</summary>
    public void Connected()
    {
        _withBackendSince = Stopwatch.GetTimestamp();
        _connecting += _withBackendSince - _connectingSince;
    }

    /// <param name="status">Of the response; 0 = the first byte of a TCP connection's backend.</param>
    public void Responded(int status) => (_responded, Status) = (Stopwatch.GetTimestamp(), status);

    public void Refused(int status, string reason) => (Status, Reason, EndedBy) = (status, reason, "proxy");

    /// <summary>The client did not wait for its answer; 499, as nginx calls it, is only for the log.</summary>
    public void Left(string reason) => (Status, EndedBy, Reason) = (499, "client", reason);

    private static long Microseconds(long ticks) => (long)(ticks * (1e6 / Stopwatch.Frequency));
}
