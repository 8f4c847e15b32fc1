using System.Net;

namespace ClusterLb.Core.Configuration;

/// <summary>A group of equivalent backends and how work is spread over them.</summary>
public sealed record PoolConfig
{
    public required string Name { get; init; }

    /// <summary>The name of a policy of <c>Balancing.Policies</c>. Default <c>p2c</c>.</summary>
    public required string Balance { get; init; }

    public required HashConfig Hash { get; init; }

    /// <summary>Those that were given one by one; in a table also those that <see cref="Sources"/> have found.</summary>
    public required EquatableList<BackendConfig> Backends { get; init; }

    /// <summary>Where more are found. Default none.</summary>
    public EquatableList<SourceConfig> Sources { get; init; }

    public required HealthConfig Health { get; init; }

    public required PassiveConfig Passive { get; init; }

    public required MinimumHealthyConfig MinimumHealthy { get; init; }

    /// <summary>Default 30 s.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>How long a returning backend's weight grows from 10 % to all of it; 0 = at once, the default.</summary>
    public required TimeSpan SlowStart { get; init; }

    public required StickyConfig Sticky { get; init; }

    public required RetryConfig Retry { get; init; }

    public required PoolTimeouts Timeouts { get; init; }

    public required QueueConfig Queue { get; init; }
}

public sealed record BackendConfig
{
    /// <summary>Stable name, unique in its pool; cookies and commands use it, never the address.</summary>
    public required string Name { get; init; }

    /// <summary>The address as the operator wrote it, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The name in <see cref="Address"/> that must be looked up; empty = there is none.</summary>
    public string Host { get; init; } = "";

    /// <summary>
    /// The server that the name of this backend stands for: another one here is another backend. Of a name that stands for nobody
    /// <see cref="IPAddress.None"/>.
    /// </summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>
    /// Where <see cref="EndPoint"/>'s server can be reached, itself among them; empty = there alone, or nowhere while it is not known.
    /// </summary>
    public EquatableList<IPEndPoint> Addresses { get; init; }

    /// <summary>Why its name stands for nobody, in one line; empty = it does not have to, or does.</summary>
    public string NameProblem { get; init; } = "";

    /// <summary>Where it was found, as <see cref="SourceConfig.Discover"/> has it; empty = it was given.</summary>
    public string Source { get; init; } = "";

    /// <summary>Only those of the lowest one of which any is available get work; 0 or more. Of one that was given 0.</summary>
    public int Tier { get; init; }

    /// <summary>0 to 256; 0 = no new work. Default 1.</summary>
    public required int Weight { get; init; }

    /// <summary>Requests or connections in flight on this node; 0 = unlimited, the default.</summary>
    public required int MaxInFlight { get; init; }
}

public enum HashKeyKind
{
    SourceIp,
    Header,
    Cookie,
    Path,
}

public enum HashAlgorithm
{
    Maglev,
    Ring,
}

/// <summary>For <c>ip-hash</c> and <c>consistent-hash</c>.</summary>
public sealed record HashConfig
{
    public required HashKeyKind Key { get; init; }

    /// <summary>Header or cookie name for those kinds, else empty.</summary>
    public required string KeyName { get; init; }

    public required HashAlgorithm Algorithm { get; init; }

    /// <summary>Ring points per unit of weight, 1 to 1,000. Default 150.</summary>
    public required int VirtualNodes { get; init; }

    /// <summary>No backend above ceil(bound x average in-flight); 0 = unbounded, else 1.0 to 10. Default 1.25.</summary>
    public required double LoadBound { get; init; }
}

/// <summary>When a backend is checked and what that decides, whatever the kind of check.</summary>
public sealed record HealthConfig
{
    /// <summary>What a check asks; null = there are none (<c>type = none</c>), and every backend is up.</summary>
    public required ProbeOptions? Probe { get; init; }

    /// <summary>Asked instead of each backend's own port; 1 to 65,535, 0 = the backend's own, the default.</summary>
    public required int Port { get; init; }

    public bool TellsFrozen() => Probe is { TellsFrozen: true };

    /// <summary>From one result to the next probe, ±10 %. Default 5 s.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The interval while the state is in transition. Default (0 in the file) interval/5, at least 200 ms.</summary>
    public required TimeSpan FastInterval { get; init; }

    /// <summary>Of one probe. Default 2 s.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Consecutive passes to UP, 1 to 100. Default 2.</summary>
    public required int HealthyThreshold { get; init; }

    /// <summary>Consecutive failures to DOWN, 1 to 100. Default 3.</summary>
    public required int UnhealthyThreshold { get; init; }

    /// <summary>A new backend is not judged for this long. Default 0.</summary>
    public required TimeSpan StartGrace { get; init; }

    /// <summary>
    /// How long a pool that is new as a whole waits for the first answer of each backend's checks, 0 to 1 min. Default 1 s.
    /// </summary>
    public required TimeSpan StartSpread { get; init; }
}

/// <summary>What real traffic may do to a backend.</summary>
public sealed record PassiveConfig
{
    /// <summary>
    /// Failures within <see cref="Window"/> that eject; a refused connection ejects at once. Those that a client may have provoked count
    /// once per client, never of one client alone, and no more once anybody is served. 0 = off. Default 3.
    /// </summary>
    public required int Failures { get; init; }

    /// <summary>Default 10 s.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The first ejection; the n-th lasts n times as long. Default 10 s.</summary>
    public required TimeSpan Eject { get; init; }

    /// <summary>Default 300 s.</summary>
    public required TimeSpan MaxEject { get; init; }

    /// <summary>Never more of the pool than this, 0 to 100. Default 50.</summary>
    public required int MaxEjectedPercent { get; init; }

    /// <summary>Statuses that count as failures, of 502, 503, 504. Default none.</summary>
    public required EquatableList<int> Status { get; init; }

    /// <summary>Whether a response with it is one. On the path of requests: allocates nothing.</summary>
    public bool IsFailure(int status)
    {
        if (status < 500) return false;
        for (var i = 0; i < Status.Count; i++)
        {
            if (Status[i] == status) return true;
        }

        return false;
    }
}

/// <summary>Strictly below either, the pool fails open. Both 0 = never: then 503.</summary>
public sealed record MinimumHealthyConfig
{
    /// <summary>Default 1.</summary>
    public required int Count { get; init; }

    /// <summary>0 to 100. Default 0.</summary>
    public required int Percent { get; init; }
}

[Flags]
public enum RetryOn
{
    None = 0,

    /// <summary>The connection could not be made; nothing was sent.</summary>
    ConnectFailure = 1,

    /// <summary>The backend closed or reset before a response byte.</summary>
    NoResponse = 2,
}

public sealed record RetryConfig
{
    /// <summary>Retries after the first try, 0 to 10. Default 2.</summary>
    public required int Attempts { get; init; }

    public required RetryOn On { get; init; }

    /// <summary>Retries in flight, as a share of the pool's live requests, at least 3. 0 to 100. Default 20.</summary>
    public required int BudgetPercent { get; init; }
}

/// <summary>Backend-side timeouts of a pool; all finite.</summary>
public sealed record PoolTimeouts
{
    /// <summary>Default 3 s: a lost SYN is repeated after one.</summary>
    public required TimeSpan Connect { get; init; }

    /// <summary>
    /// From the request's last byte, or the head of one with <c>Expect: 100-continue</c>,
    /// to the response head, anew with each interim response; then 504. Default 30 s.
    /// </summary>
    public required TimeSpan Response { get; init; }

    /// <summary>
    /// While the backend is to take the next piece of a request or send one of a response, and of an idle pooled connection. Default 60 s.
    /// </summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>
    /// A tunnel or TCP connection that moves no byte either way, and how long interim responses keep an answer alive. Default 1 h.
    /// </summary>
    public required TimeSpan Tunnel { get; init; }
}

/// <summary>Where work waits when every backend is at its max-in-flight.</summary>
public sealed record QueueConfig
{
    /// <summary>Waiting requests or connections per pool and node; 0 = none. Default 1,000.</summary>
    public required int Length { get; init; }

    /// <summary>Default 5 s; then 503.</summary>
    public required TimeSpan Timeout { get; init; }
}
