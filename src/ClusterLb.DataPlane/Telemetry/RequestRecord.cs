using System.Diagnostics;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>What is remembered of the request at hand until it is logged. One per exchange, reused.</summary>
internal sealed class RequestRecord
{
    private long _started;

    public string Route { get; set; } = "";

    public string Pool { get; set; } = "";

    public string Backend { get; set; } = "";

    public string Reason { get; private set; } = "";

    public int Status { get; set; }

    public int Attempts { get; set; }

    /// <summary>What to answer when nothing else is left to try.</summary>
    public int LastStatus { get; set; }

    /// <summary>The client's connection carries on after this response.</summary>
    public bool KeepsAlive { get; set; }

    public long BytesIn { get; set; }

    public long BytesOut { get; set; }

    public long ConnectedTicks { get; set; }

    public long ResponseTicks { get; set; }

    public void Begin()
    {
        _started = Stopwatch.GetTimestamp();
        (Route, Pool, Backend, Reason) = ("", "", "", "");
        (Status, Attempts, LastStatus) = (0, 0, 503);
        (BytesIn, BytesOut, ConnectedTicks, ResponseTicks) = (0, 0, 0, 0);
    }

    public long ElapsedMicroseconds => (long)Stopwatch.GetElapsedTime(_started).TotalMicroseconds;

    public void Refused(int status, string reason) => (Status, Reason) = (status, reason);
}
