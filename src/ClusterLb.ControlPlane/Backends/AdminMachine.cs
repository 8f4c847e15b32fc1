using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>The admin state of one backend and its drain: a pure value, time and gauges come in.</summary>
/// <param name="State">Now.</param>
/// <param name="DrainDeadline">When a drain stops waiting, monotonic milliseconds.</param>
/// <param name="EmptySince">Since when nothing was in flight there while draining; -1 = something was.</param>
internal sealed record AdminMachine(AdminState State, long DrainDeadline, long EmptySince)
{
    /// <summary>One round of gauges: only a backend that stayed empty for one is drained, for a request may be between two counters.</summary>
    public const long GaugeRoundMilliseconds = 200;

    public static AdminMachine New { get; } = new(AdminState.Ready, 0, -1);

    /// <summary>Idempotent: a drain under way keeps its deadline unless the new one is earlier.</summary>
    public AdminMachine Drain(long timeoutMilliseconds, long now) => State switch
    {
        AdminState.Drained => this,
        AdminState.Draining => this with { DrainDeadline = Math.Min(DrainDeadline, now + timeoutMilliseconds) },
        _ => new AdminMachine(AdminState.Draining, now + timeoutMilliseconds, -1),
    };

    public AdminMachine Ready() => State == AdminState.Ready ? this : New;

    public AdminMachine Maintain() => State == AdminState.Maintenance ? this : new AdminMachine(AdminState.Maintenance, 0, -1);

    /// <summary>Looks at the gauge: drained when nothing was in flight for one round, or when the time is up.</summary>
    public AdminMachine Observe(long inFlight, long now)
    {
        if (State != AdminState.Draining) return this;
        if (now >= DrainDeadline) return this with { State = AdminState.Drained };
        if (inFlight > 0) return EmptySince < 0 ? this : this with { EmptySince = -1 };
        if (EmptySince < 0) return this with { EmptySince = now };
        return now - EmptySince >= GaugeRoundMilliseconds ? this with { State = AdminState.Drained } : this;
    }
}
