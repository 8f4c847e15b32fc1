using System.Diagnostics;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// What is remembered of a request, or of a TCP connection, until it is logged. One per exchange, reused; plain stores only.
/// </summary>
internal sealed class RequestRecord
{
    private long _started;
    private long _connected;
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
    public long BytesIn { get; set; }

    /// <summary>Bytes of the response, head included.</summary>
    public long BytesOut { get; set; }

    public long ElapsedMicroseconds => Microseconds(_started, Stopwatch.GetTimestamp());

    /// <summary>From the request to a connection with the backend; 0 = never connected.</summary>
    public long ConnectMicroseconds => _connected == 0 ? 0 : Microseconds(_started, _connected);

    /// <summary>From the request to the response's head; 0 = none came.</summary>
    public long ResponseMicroseconds => _responded == 0 ? 0 : Microseconds(_started, _responded);

    /// <summary>
    /// From the connection with the backend to the response's head: what the client waited for before, in a queue or for other backends, is
    /// not this one's doing. 0 = none came.
    /// </summary>
    public long BackendMicroseconds => _responded == 0 ? 0 : Microseconds(_connected, _responded);

    /// <summary>The same, by the name that metrics have for it.</summary>
    public long FirstByteMicroseconds => ResponseMicroseconds;

    public void Begin()
    {
        _started = Stopwatch.GetTimestamp();
        (_connected, _responded, Count) = (0, 0, null);
        (Route, Pool, Backend, Decision, Reason, EndedBy) = ("", "", "", "", "", "complete");
        (Status, Attempts, BytesIn, BytesOut) = (0, 0, 0, 0);
    }

    /// <param name="count">Where its requests are counted.</param>
    public void Takes(string route, RouteCount? count) => (Route, Count) = (route, count);

    public void Tries(string backend)
    {
        Attempts++;
        Backend = backend;
    }

    public void Connected() => _connected = Stopwatch.GetTimestamp();

    public void Responded(int status) => (_responded, Status) = (Stopwatch.GetTimestamp(), status);

    public void Refused(int status, string reason) => (Status, Reason, EndedBy) = (status, reason, "proxy");

    /// <summary>The client did not wait for its answer; 499, as nginx calls it, is only for the log.</summary>
    public void Left(string reason) => (Status, EndedBy, Reason) = (499, "client", reason);

    private static long Microseconds(long from, long to) => (long)((to - from) * (1e6 / Stopwatch.Frequency));
}
