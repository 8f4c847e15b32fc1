using System.Net;
using ClusterLb.Core.Clients;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Telemetry;

namespace ClusterLb.Node.Admin;

/// <summary>
/// How many connections the admin port has, in all and of one address. Who is over it is turned away, unless a connection that idles can
/// make room: so an operator gets in beside somebody who hoards, and a stranger's 20,000 connections are never more than the bound
/// (decision 0018). Any thread.
/// </summary>
/// <param name="config">How many.</param>
/// <param name="time">Since when they idle.</param>
/// <param name="port">Whose it is, in metrics.</param>
/// <param name="prefix">Of the names of its metrics.</param>
internal sealed class AdminGate(AdminConfig config, TimeProvider time, string port = "admin port", string prefix = "clusterlb_admin")
    : IMetricSource
{
    /// <summary>
    /// A connection that has asked for nothing for so long may go for a newcomer; a command in between two polls is sooner back.
    /// </summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(1);

    /// <summary>Whoever connects to ask something asks at once: who only connects, however often, gives way sooner.</summary>
    private static readonly TimeSpan s_mute = TimeSpan.FromMilliseconds(50);

    /// <summary>No request takes so long but one that is meant to.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<AdminVisit> _visits = [];
    private long _refused;
    private long _displaced;

    /// <summary>Those told to leave that have not yet gone count.</summary>
    public int Open
    {
        get
        {
            lock (_lock) return _visits.Count;
        }
    }

    /// <summary>Null = the port is full.</summary>
    /// <param name="hasSpoken">A byte of a request has come with it.</param>
    public AdminVisit? TryEnter(IPAddress address, bool hasSpoken)
    {
        var visit = new AdminVisit(AddressOwner.Of(address), time);
        AdminVisit? leaving;
        lock (_lock)
        {
            if (!MakesRoom(visit.Client, hasSpoken, out leaving))
            {
                Interlocked.Increment(ref _refused);
                return null;
            }

            _visits.Add(visit);
        }

        if (leaving is null) return visit;
        Interlocked.Increment(ref _displaced);
        leaving.End();
        return visit;
    }

    /// <summary>Its descriptor is free again.</summary>
    public void Leave(AdminVisit visit)
    {
        lock (_lock) _visits.Remove(visit);
    }

    public void Write(MetricWriter metrics)
    {
        metrics.Gauge($"{prefix}_connections", $"Connections to the {port}.", new Sample(Open));
        metrics.Counter($"{prefix}_refused_total", $"Connections to the {port} that were closed at once, because it was full.",
            new Sample(Volatile.Read(ref _refused)));
        metrics.Counter($"{prefix}_displaced_total", $"Idle connections to the {port} that were closed for a newcomer.",
            new Sample(Volatile.Read(ref _displaced)));
    }

    private bool MakesRoom(AddressOwner client, bool hasSpoken, out AdminVisit? leaving)
    {
        leaving = null;
        // Those told to leave still have their descriptors.
        if (_visits.Count >= config.MaxConnections * 2) return false;
        var staying = _visits.Where(visit => !visit.IsLeaving).ToLookup(visit => visit.Client);
        IEnumerable<IEnumerable<AdminVisit>> owners;
        if (staying[client].Count() >= config.MaxConnectionsPerClient) owners = [staying[client]];
        else if (staying.Sum(visits => visits.Count()) < config.MaxConnections) return true;
        // Of whoever has most; only an address whose connections are all at work keeps them.
        else owners = staying.OrderByDescending(visits => visits.Count());
        leaving = owners.Select(LongestIdle).FirstOrDefault(visit => visit is not null);
        if (leaving is null && hasSpoken) leaving = owners.Select(LongestWithoutWork).FirstOrDefault(visit => visit is not null);
        if (leaving is null) return false;
        leaving.IsLeaving = true;
        return true;
    }

    private static AdminVisit? LongestIdle(IEnumerable<AdminVisit> visits) =>
        visits.Where(visit => visit.Age >= (visit.IsBusy ? s_longest : visit.HasAsked ? s_idle : s_mute)).MaxBy(visit => visit.Age);

    /// <summary>However young: who brings a request goes before who brings none, and who asks without end is not kept in by that.</summary>
    private static AdminVisit? LongestWithoutWork(IEnumerable<AdminVisit> visits) =>
        visits.Where(visit => !visit.IsBusy).OrderBy(visit => visit.HasAsked).ThenByDescending(visit => visit.Age).FirstOrDefault();
}

/// <summary>One connection to the admin port.</summary>
internal sealed class AdminVisit(AddressOwner client, TimeProvider time)
{
    private long _since = time.GetTimestamp();
    private volatile bool _isBusy;
    private volatile bool _hasAsked;
    private volatile Action? _abort;

    public AddressOwner Client => client;

    /// <summary>A request is being answered; one whose body has yet to come, or whose answer to be taken, is not.</summary>
    public bool IsBusy => _isBusy;

    /// <summary>At least one request has come.</summary>
    public bool HasAsked => _hasAsked;

    /// <summary>Since it was opened, or its last request began or ended.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _since));

    /// <summary>Written under the gate's lock.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>What closes it.</summary>
    public void Enters(Action abort) => _abort = abort;

    /// <summary>The head of a request has come, and not yet its body.</summary>
    public void AwaitBody() => Set(isBusy: false);

    public void BeginRequest() => Set(isBusy: true);

    public void EndRequest() => Set(isBusy: false);

    public void End() => _abort?.Invoke();

    private void Set(bool isBusy)
    {
        Volatile.Write(ref _since, time.GetTimestamp());
        (_isBusy, _hasAsked) = (isBusy, true);
    }
}
