using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// How far one backend is with what an operator wants of it, as this node sees it: a pure value, time and gauges come in.
/// </summary>
/// <param name="State">The intent's, or DRAINED when a drain is over.</param>
/// <param name="Version">Of the intent it follows; 0 = none yet.</param>
/// <param name="DrainDeadline">When a drain stops waiting, monotonic milliseconds.</param>
/// <param name="EmptySince">Since when nothing was in flight there in the cluster while draining; null = something was.</param>
internal sealed record AdminMachine(AdminState State, long Version, long DrainDeadline, long? EmptySince)
{
    /// <summary>
    /// One round of gauges: only a backend that stayed empty for one is drained, for a request may be between two counters.
    /// </summary>
    public static readonly long GaugeRoundMilliseconds = (long)NodeReport.Round.TotalMilliseconds;

    public static AdminMachine New { get; } = new(AdminState.Ready, 0, 0, null);

    /// <summary>Takes a newer intent on; an older one changes nothing.</summary>
    /// <param name="utcNow">Milliseconds since 1970.</param>
    /// <param name="now">Monotonic milliseconds of the same moment.</param>
    public AdminMachine Follow(AdminIntent intent, long utcNow, long now)
    {
        if (intent.Version <= Version) return this;
        var deadline = now + intent.DeadlineUtcMilliseconds - utcNow;
        if (intent.State != AdminState.Draining) return new AdminMachine(intent.State, intent.Version, 0, null);
        // Still the same drain, if with another deadline: what is drained stays so.
        return State is AdminState.Draining or AdminState.Drained
            ? this with { Version = intent.Version, DrainDeadline = deadline }
            : new AdminMachine(AdminState.Draining, intent.Version, deadline, null);
    }

    /// <summary>Looks at the gauges: drained when nothing was in flight for longer than one round, or when the time is up.</summary>
    /// <param name="inFlight">
    /// In the whole cluster; where clients have sessions, these count too: they are honoured until the deadline.
    /// </param>
    /// <param name="now">Monotonic milliseconds.</param>
    public AdminMachine Observe(long inFlight, long now)
    {
        if (State != AdminState.Draining) return this;
        if (now >= DrainDeadline) return this with { State = AdminState.Drained };
        if (inFlight > 0) return this with { EmptySince = null };
        if (EmptySince is not { } since) return this with { EmptySince = now };
        return now - since > GaugeRoundMilliseconds ? this with { State = AdminState.Drained } : this;
    }
}
