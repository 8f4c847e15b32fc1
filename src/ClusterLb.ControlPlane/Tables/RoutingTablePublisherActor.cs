using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Tables;

/// <summary>
/// The only one of the control plane that writes what the data plane reads: verdicts, admin states and this node's own paths go through it
/// into the live pools. Which word is in force is decided before it gets here.
/// </summary>
internal sealed class RoutingTablePublisherActor : ReceiveActor
{
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private HealthSnapshot _applied = HealthSnapshot.None;

    public RoutingTablePublisherActor(RoutingTableHolder tables, Clock clock)
    {
        (_tables, _clock) = (tables, clock);
        Receive<HealthSnapshot>(Apply);
        Receive<OwnVerdict>(own => Apply(own.Backend, own.Verdict));
        Receive<AdminStateChanged>(Apply);
        Receive<PathChanged>(Apply);
        Receive<TableChange>(Apply);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe<TableChange>(Self);

    /// <summary>What the cluster knows already of those that this node did not have.</summary>
    private void Apply(TableChange change)
    {
        foreach (var backend in change.Added)
        {
            if (_applied.Verdicts.TryGetValue(backend.Id, out var verdict) && verdict.IsOfNew(backend)) Apply(backend.Id, verdict);
        }
    }

    private void Apply(HealthSnapshot snapshot)
    {
        foreach (var (id, verdict) in snapshot.Verdicts)
        {
            if (!_applied.Verdicts.TryGetValue(id, out var known) || known != verdict) Apply(id, verdict);
        }

        _applied = snapshot;
    }

    /// <summary>A verdict on another server that had this name says nothing of the one that has it now.</summary>
    private void Apply(string id, BackendVerdict verdict)
    {
        if (_tables.Current.FindBackend(id) is not { } found || !verdict.IsOf(found.Backend)) return;
        found.Pool.SetActive(found.Backend, verdict.State.Health, verdict.Reason, _clock.NowMilliseconds, verdict.BackSince);
    }

    private void Apply(AdminStateChanged change)
    {
        if (_tables.Current.FindBackend(change.Backend) is not { } found)
        {
            _log.Warning("admin state {0} for {1}, which is no backend of the current table", change.State, change.Backend);
            return;
        }

        var now = _clock.NowMilliseconds;
        found.Pool.SetWeight(found.Backend, change.Weight, change.Reason, now, change.SaidAt);
        found.Pool.SetAdmin(found.Backend, change.State, change.Reason, now, change.Since);
    }

    private void Apply(PathChanged change)
    {
        if (_tables.Current.FindBackend(change.Backend) is { } found)
            found.Pool.SetLocalPath(found.Backend, change.IsReachable, change.Reason, _clock.NowMilliseconds);
    }
}
