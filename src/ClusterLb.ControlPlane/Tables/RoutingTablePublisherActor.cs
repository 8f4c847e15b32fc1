using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Pools;
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
        Receive<OwnVerdict>(own => Apply([KeyValuePair.Create(own.Backend, own.Verdict)]));
        Receive<AdminStateChanged>(Apply);
        Receive<PathChanged>(Apply);
        Receive<TableChange>(Apply);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe<TableChange>(Self);

    /// <summary>What the cluster knows already of those that this node did not have.</summary>
    private void Apply(TableChange change) => Apply(
        from backend in change.Added
        let verdict = _applied.Verdicts.GetValueOrDefault(backend.Id)
        where verdict is not null && verdict.IsOfNew(backend)
        select KeyValuePair.Create(backend.Id, verdict));

    private void Apply(HealthSnapshot snapshot)
    {
        Apply(snapshot.Verdicts.Where(one => !_applied.Verdicts.TryGetValue(one.Key, out var known) || known != one.Value));
        _applied = snapshot;
    }

    /// <summary>
    /// Pool by pool, for each call costs a look at all of its members. A verdict on another server that had this name says nothing of the
    /// one that has it now.
    /// </summary>
    private void Apply(IEnumerable<KeyValuePair<string, BackendVerdict>> verdicts)
    {
        var byPool = new Dictionary<Pool, List<ActiveVerdict>>();
        foreach (var (id, verdict) in verdicts)
        {
            if (_tables.Current.FindBackend(id) is not { } found || !verdict.IsOf(found.Backend)) continue;
            if (!byPool.TryGetValue(found.Pool, out var known)) byPool[found.Pool] = known = [];
            known.Add(new ActiveVerdict(found.Backend, verdict.State.Health, verdict.Reason, verdict.BackSince));
        }

        foreach (var (pool, known) in byPool) pool.SetActive(known, _clock.NowMilliseconds);
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
