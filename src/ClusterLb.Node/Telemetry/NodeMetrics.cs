using System.Diagnostics.Metrics;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Sessions;
using ClusterLb.DataPlane.Upstream;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// The node's metrics as OpenTelemetry observes them: nothing is recorded on the path of a request, a scrape sums what each loop counted
/// for itself. One reading serves all instruments of a scrape.
/// </summary>
internal sealed class NodeMetrics : IDisposable
{
    public const string MeterName = "ClusterLb";

    private static readonly TimeSpan s_readingLasts = TimeSpan.FromMilliseconds(100);

    private readonly Meter _meter = new(MeterName);
    private readonly DataPlaneHost _dataPlane;
    private readonly RoutingTableHolder _tables;
    private readonly ProbeCounts _probes;
    private readonly ClusterCommands _commands;
    private readonly TimeProvider _time;
    private (DataPlaneSnapshot DataPlane, ClusterView Cluster)? _reading;
    private long _readAt;

    public NodeMetrics(DataPlaneHost dataPlane, RoutingTableHolder tables, ProbeCounts probes, ClusterCommands commands, TimeProvider time)
    {
        (_dataPlane, _tables, _probes, _commands, _time) = (dataPlane, tables, probes, commands, time);
        AddTraffic();
        AddSessions();
        AddStates();
        AddCluster();
        AddProcess();
    }

    public void Dispose() => _meter.Dispose();

    private DataPlaneSnapshot Reading => ReadAll().DataPlane;

    private ClusterView Cluster => ReadAll().Cluster;

    private SessionCounts Sessions => _commands.Sessions.Counts;

    private void AddTraffic()
    {
        Count("clusterlb_requests_total", "Responses of backends, by status code.", Requests);
        Count("clusterlb_own_responses_total", "Responses this node gave itself, by status code.", () =>
            Reading.Listeners.SelectMany(listener =>
                listener.OwnAnswers.Select(answer => Measure(answer.Value, ListenerTag(listener), new Tag("code", answer.Key)))));
        Count("clusterlb_request_duration_seconds_bucket",
            "Time from request head to the end of the response, or of a TCP connection; cumulative.", DurationBuckets);
        Count("clusterlb_request_duration_seconds_count", "Number of durations.", () => OfBackends(b => b.LatencyCounts.Sum()));
        _meter.CreateObservableCounter("clusterlb_request_duration_seconds_sum", DurationSums, description: "Sum of durations in seconds.");
        Count("clusterlb_backend_connects_total", "Connections opened to backends.", () => OfBackends(b => b.Connects));
        Count("clusterlb_backend_connect_failures_total", "Connections to backends that could not be made.",
            () => OfBackends(b => b.ConnectFailures));
        Count("clusterlb_backend_reuses_total", "Requests sent on a kept-alive connection.", () => OfBackends(b => b.Reuses));
        Count("clusterlb_backend_failures_total", "Failed work, by kind.", Failures);
        Count("clusterlb_retries_total", "Retries after a failure on this backend.", () => OfBackends(b => b.Retries));
        Count("clusterlb_backend_sent_bytes_total", "Bytes sent to backends.", () => OfBackends(b => b.BytesSent));
        Count("clusterlb_backend_received_bytes_total", "Bytes of backends passed on to clients.", () => OfBackends(b => b.BytesReceived));
        Gauge("clusterlb_backend_idle_connections", "Kept-alive connections not in use.", () => OfBackends(b => b.IdleConnections));
        Count("clusterlb_listener_connections_total", "Client connections accepted.", () => OfListeners(l => l.Accepted));
        Gauge("clusterlb_listener_active_connections", "Client connections open now.", () => OfListeners(l => l.Active));
        Count("clusterlb_listener_accept_failures_total", "Times the process had no descriptors left.",
            () => OfListeners(l => l.AcceptFailures));
        Count("clusterlb_listener_client_rejections_total", "Connections of clients that had as many as they may.",
            () => OfListeners(l => l.ClientRejections));
        Count("clusterlb_listener_evictions_total", "Idle or stalled connections closed to make room near a limit.",
            () => OfListeners(l => l.Evictions));
        Count("clusterlb_listener_sent_bytes_total", "Bytes sent to clients.", () => OfListeners(l => l.BytesSent));
        Count("clusterlb_listener_received_bytes_total", "Bytes received from clients.", () => OfListeners(l => l.BytesReceived));
        Gauge("clusterlb_pool_waiting", "Requests waiting for a backend with room.", () => OfPools(p => p.Waiting));
        Count("clusterlb_pool_queued_total", "Requests that had to wait.", () => OfPools(p => p.Queued));
        Count("clusterlb_pool_queue_timeouts_total", "Requests that waited too long.", () => OfPools(p => p.QueueTimeouts));
        Count("clusterlb_pool_queue_rejections_total", "Requests refused because the queue was full.",
            () => OfPools(p => p.QueueRejections));
        Count("clusterlb_pool_no_backend_total", "Requests that found no backend.", () => OfPools(p => p.NoBackend));
        Count("clusterlb_pool_retry_budget_exhausted_total", "Retries given up because the budget stayed used up.",
            () => OfPools(p => p.RetryBudgetExhausted));
    }

    private void AddSessions()
    {
        Count("clusterlb_sessions_total", "Requests of sticky pools, by who knew where their session is.", () => OfSticky((pool, sticky) =>
            Enum.GetValues<SessionSource>().Select(
                source => Measure(sticky.Sources[(int)source], new Tag("pool", pool),
                    new Tag("source", source.ToString().ToLowerInvariant())))));
        Gauge("clusterlb_backend_sessions", "Sessions there that were told to all nodes or that this node has met.",
            () => OfStickyMembers(backend => _commands.Sessions.Bound.Of(backend)));
        Count("clusterlb_backend_sessions_moved_total", "Sessions that were bound to it and then elsewhere, as this node knows.",
            () => OfStickyMembers(backend => _commands.Sessions.Departures.Of(backend.Key).Moved));
        Count("clusterlb_backend_sessions_expired_total", "Sessions that were bound to it and not used in time, as this node knows.",
            () => OfStickyMembers(backend => _commands.Sessions.Departures.Of(backend.Key).Expired));
        Count("clusterlb_session_claims_total", "First uses of a session on this node, by who answered.", () =>
            [
                Measure(Sessions.ClaimedByStore, new Tag("by", "store")),
                Measure(Sessions.ClaimedByActor, new Tag("by", "actor")),
                Measure(Sessions.ClaimedByNobody, new Tag("by", "nobody")),
            ]);
        Gauge("clusterlb_sessions_known", "Sessions in this node's table.", () => [Measure(Sessions.Known)]);
        Count("clusterlb_sessions_displaced_total", "Sessions that left the table before they expired, because there was no room.",
            () => [Measure(Sessions.Displaced)]);
        Count("clusterlb_session_notes_dropped_total", "Bindings that were not told to anybody, because too many waited.",
            () => [Measure(Sessions.NotesDropped)]);
        Count("clusterlb_session_not_asked_total", "First uses and moves that the hash decided because too many were under way.",
            () => [Measure(Sessions.NotAsked)]);
        Count("clusterlb_sessions_unremembered_total",
            "Sessions new to this node that nobody remembers because their client began too many.", () =>
            OfSticky((pool, sticky) => [Measure(sticky.Unremembered, new Tag("pool", pool))]));
        Count("clusterlb_session_bad_cookies_total", "Cookies of ours that were treated as absent, by what was wrong.",
            () => OfSticky((pool, sticky) =>
            Enum.GetValues<CookieStatus>().Skip(1).Select(
                status => Measure(sticky.BadCookies[(int)status], new Tag("pool", pool),
                    new Tag("reason", status.ToString().ToLowerInvariant())))));
        Count("clusterlb_session_diverted_total", "Requests that failed at their session's backend and went on elsewhere.",
            () => OfSticky((pool, sticky) => [Measure(sticky.Diverted, new Tag("pool", pool))]));
        Count("clusterlb_session_move_waits_total", "Requests that waited for their session to be moved.",
            () => OfSticky((pool, sticky) => [Measure(sticky.Moved, new Tag("pool", pool))]));
    }

    private void AddStates()
    {
        Gauge("clusterlb_backend_in_flight", "Requests or connections in flight.",
            () => OfMembers((_, member) => member.Backend.Load.InFlight));
        Gauge("clusterlb_backend_up", "1 when it takes new work.", () => OfMembers((_, member) => member.Weight > 0 ? 1 : 0));
        Gauge("clusterlb_backend_weight", "Weight now x 100; 0 takes no work.", () => OfMembers((_, member) => member.Weight));
        Gauge("clusterlb_backend_state", "1 for the state it is in.", () =>
            Members().Select(m => Measure(1,
                [.. BackendTags(m.Pool.Name, m.Member.Backend.Name), new Tag("state", m.Member.Effective.ToString().ToLowerInvariant())])));
        Count("clusterlb_probes_total", "Probes by result.", Probes);
        Gauge("clusterlb_pool_panic", "1 while the pool fails open, and 10 s longer.",
            () => _tables.Current.Pools.Select(pool => Measure(pool.IsPanic ? 1 : 0, new Tag("pool", pool.Name))));
        Gauge("clusterlb_routing_table_version", "Grows with every published table.", () => [Measure(_tables.Current.Version)]);
    }

    private void AddCluster()
    {
        Gauge("clusterlb_nodes", "Nodes of the cluster as this one sees them, by status.", () => Cluster.Nodes
            .GroupBy(node => (node.Status, node.IsReachable))
            .Select(group => Measure(group.Count(), new Tag("status", group.Key.Status),
                new Tag("reachable", group.Key.IsReachable ? "true" : "false"))));
        Gauge("clusterlb_config_disagreement", "Nodes whose configuration differs from this one's.",
            () => [Measure(Cluster.Disagreeing.Count)]);
        Gauge("clusterlb_ring_disagreement", "Nodes whose hash tables send some key elsewhere.",
            () => [Measure(Cluster.RingDisagreeing.Count)]);
        Gauge("clusterlb_stale", "1 while no monitor is heard: the last verdicts hold, and this node's own checks.",
            () => [Measure(Cluster.Nodes[0].IsStale ? 1 : 0)]);
        Gauge("clusterlb_monitor", "1 on the node where the health monitor is to run.",
            () => [Measure(Cluster.Nodes[0].IsMonitor ? 1 : 0)]);
        Gauge("clusterlb_snapshot_term", "Of the verdicts this node goes by; grows with every monitor.",
            () => [Measure(Cluster.Nodes[0].Term)]);
        Gauge("clusterlb_snapshot_sequence", "Of the verdicts this node goes by; grows within a term.",
            () => [Measure(Cluster.Nodes[0].Sequence)]);
        Gauge("clusterlb_backend_in_flight_cluster", "Requests or connections in flight on all nodes.",
            () => OfMembers((_, member) => Cluster.InFlightOf(member.Backend.Id)));
        Gauge("clusterlb_backend_unreachable", "1 while this node alone cannot reach it.",
            () => OfMembers((_, member) => Cluster.Nodes[0].Unreachable.ContainsKey(member.Backend.Id) ? 1 : 0));
    }

    private void AddProcess()
    {
        Count("clusterlb_process_allocated_bytes_total", "Bytes allocated on the managed heap.",
            () => [Measure(GC.GetTotalAllocatedBytes())]);
        Gauge("clusterlb_buffer_bytes", "Buffers that hold what clients and backends have sent.", () => [Measure(Reading.BufferBytes)]);
        Count("clusterlb_process_collections_total", "Garbage collections.", () => [Measure(GC.CollectionCount(0))]);
        Gauge("clusterlb_process_heap_bytes", "Managed heap after the last garbage collection.",
            () => [Measure(GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes)]);
        Gauge("clusterlb_process_resident_bytes", "Resident memory.", () => [Measure(Environment.WorkingSet)]);
        _meter.CreateObservableCounter("clusterlb_process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds,
            description: "CPU time, user and system.");
    }

    private (DataPlaneSnapshot DataPlane, ClusterView Cluster) ReadAll()
    {
        if (_reading is { } reading && _time.GetElapsedTime(_readAt) < s_readingLasts) return reading;
        _readAt = _time.GetTimestamp();
        _reading = reading = (_dataPlane.Read(), _commands.Read());
        return reading;
    }

    private void Count(string name, string description, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableCounter(name, observe, description: description);

    private void Gauge(string name, string description, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(name, observe, description: description);

    private IEnumerable<Measurement<long>> OfSticky(Func<string, StickySnapshot, IEnumerable<Measurement<long>>> observe) =>
        Reading.Pools.Where(pool => pool.Sticky is not null).SelectMany(pool => observe(pool.Name, pool.Sticky!));

    private IEnumerable<Measurement<long>> Requests() => Reading.Backends.SelectMany(backend =>
        backend.Statuses.Select(status => Measure(status.Value, [.. BackendTags(backend), new Tag("code", status.Key)])));

    private IEnumerable<Measurement<long>> Probes()
    {
        foreach (var (id, (passed, failed)) in _probes.ByBackend)
        {
            if (_tables.Current.FindBackend(id) is not { } found) continue;
            var tags = BackendTags(found.Pool.Name, found.Backend.Name);
            yield return Measure(passed, [.. tags, new Tag("result", "passed")]);
            yield return Measure(failed, [.. tags, new Tag("result", "failed")]);
        }
    }

    private IEnumerable<Measurement<long>> Failures() => Reading.Backends.SelectMany(backend => Enum.GetValues<OutcomeKind>()
        .Where(kind => kind is not (OutcomeKind.Success or OutcomeKind.Cancelled))
        .Select(kind => Measure(backend.CountOf(kind), [.. BackendTags(backend), new Tag("kind", kind.ToString().ToLowerInvariant())])));

    private IEnumerable<Measurement<long>> DurationBuckets()
    {
        var bounds = BackendSnapshot.LatencyBoundsMicroseconds;
        foreach (var backend in Reading.Backends)
        {
            var sum = 0L;
            for (var i = 0; i < backend.LatencyCounts.Count; i++)
            {
                sum += backend.LatencyCounts[i];
                var bound = i < bounds.Count ? (bounds[i] / 1e6).ToString(System.Globalization.CultureInfo.InvariantCulture) : "+Inf";
                yield return Measure(sum, [.. BackendTags(backend), new Tag("le", bound)]);
            }
        }
    }

    private IEnumerable<Measurement<double>> DurationSums() =>
        Reading.Backends.Select(backend => new Measurement<double>(backend.LatencySumMicroseconds / 1e6, BackendTags(backend)));

    private IEnumerable<Measurement<long>> OfBackends(Func<BackendSnapshot, long> figure) =>
        Reading.Backends.Select(backend => Measure(figure(backend), BackendTags(backend)));

    private IEnumerable<Measurement<long>> OfListeners(Func<ListenerSnapshot, long> figure) =>
        Reading.Listeners.Select(listener => Measure(figure(listener), ListenerTag(listener)));

    private IEnumerable<Measurement<long>> OfPools(Func<PoolSnapshot, long> figure) =>
        Reading.Pools.Select(pool => Measure(figure(pool), new Tag("pool", pool.Name)));

    private IEnumerable<Measurement<long>> OfMembers(Func<Pool, MemberSnapshot, long> figure) =>
        Members().Select(m => Measure(figure(m.Pool, m.Member), BackendTags(m.Pool.Name, m.Member.Backend.Name)));

    private IEnumerable<Measurement<long>> OfStickyMembers(Func<Backend, long> figure) =>
        Members().Where(m => m.Pool.Config.Sticky.By != StickyBy.None)
            .Select(m => Measure(figure(m.Member.Backend), BackendTags(m.Pool.Name, m.Member.Backend.Name)));

    private IEnumerable<(Pool Pool, MemberSnapshot Member)> Members() =>
        _tables.Current.Pools.SelectMany(pool => pool.Members.Select(backend => (pool, pool.Read(backend))));

    private static Measurement<long> Measure(long value, params Tag[] tags) => new(value, tags);

    private static Tag ListenerTag(ListenerSnapshot listener) => new("listener", listener.Name);

    private static Tag[] BackendTags(BackendSnapshot backend) => BackendTags(backend.Backend.Pool, backend.Backend.Name);

    private static Tag[] BackendTags(string pool, string backend) => [new Tag("pool", pool), new Tag("backend", backend)];
}
