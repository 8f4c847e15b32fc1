using System.Globalization;
using ClusterLb.Core.Outcomes;
using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.Node.Telemetry;

/// <summary>Requests, connections, bytes, and what they cost the loops.</summary>
internal static class TrafficMetrics
{
    private static readonly string[] s_classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    public static void Write(MetricWriter metrics, NodeReading reading)
    {
        WriteRequests(metrics, reading);
        WriteBackends(metrics, reading);
        WriteListeners(metrics, reading);
        WriteQueues(metrics, reading);
        metrics.Counter("clusterlb_loop_busy_seconds_total",
            "Time that an event loop worked, and did not wait; its rate is its utilisation.",
            reading.DataPlane.Loops.Select(loop => new Sample(loop.Busy.TotalSeconds, new Label("loop", loop.Name))));
        metrics.Gauge("clusterlb_buffer_bytes", "Buffers that hold what clients and backends have sent.",
            new Sample(reading.DataPlane.BufferBytes));
    }

    private static void WriteRequests(MetricWriter metrics, NodeReading reading)
    {
        var (backends, listeners) = (reading.DataPlane.Backends, reading.DataPlane.Listeners);
        metrics.Counter("clusterlb_requests_total", "Responses of backends, by status code.", backends.SelectMany(backend =>
            backend.Statuses.Select(status => new Sample(status.Value, [.. NodeReading.LabelsOf(backend), Code(status.Key)]))));
        metrics.Counter("clusterlb_own_responses_total", "Responses this node gave itself, by status code.",
            listeners.SelectMany(listener =>
            listener.OwnAnswers.Select(answer => new Sample(answer.Value, Name(listener), Code(answer.Key)))));
        metrics.Counter("clusterlb_route_requests_total", "Requests by route and class of their status, whoever answered.",
            listeners.SelectMany(listener => listener.Routes.SelectMany(route => s_classes.Select((name, i) =>
                new Sample(route.Value[i], Name(listener), new Label("route", route.Key), new Label("code", name))))));
        metrics.Histogram("clusterlb_request_duration_seconds",
            "Time from a request to the end of its response, or of a TCP connection to its end.",
            backends.Select(backend => new HistogramSample(backend.Latency, NodeReading.LabelsOf(backend))));
        metrics.Histogram("clusterlb_first_byte_seconds", "Time from a request to the beginning of its backend's response.",
            backends.Select(backend => new HistogramSample(backend.FirstBytes, NodeReading.LabelsOf(backend))));
    }

    private static void WriteBackends(MetricWriter metrics, NodeReading reading)
    {
        metrics.Counter("clusterlb_backend_connects_total", "Connections opened to backends.", reading.OfBackends(b => b.Connects));
        metrics.Counter("clusterlb_backend_connect_failures_total", "Connections to backends that could not be made.",
            reading.OfBackends(b => b.ConnectFailures));
        metrics.Counter("clusterlb_backend_reuses_total", "Requests sent on a kept-alive connection.", reading.OfBackends(b => b.Reuses));
        metrics.Counter("clusterlb_backend_failures_total", "Failed work, by kind.", reading.DataPlane.Backends.SelectMany(backend =>
            Enum.GetValues<OutcomeKind>().Where(kind => kind is not (OutcomeKind.Success or OutcomeKind.Cancelled)).Select(kind =>
                new Sample(backend.CountOf(kind),
                    [.. NodeReading.LabelsOf(backend), new Label("kind", kind.ToString().ToLowerInvariant())]))));
        metrics.Counter("clusterlb_retries_total", "Retries after a failure on this backend.", reading.OfBackends(b => b.Retries));
        metrics.Counter("clusterlb_backend_sent_bytes_total", "Bytes sent to backends.", reading.OfBackends(b => b.BytesSent));
        metrics.Counter("clusterlb_backend_received_bytes_total", "Bytes of backends passed on to clients.",
            reading.OfBackends(b => b.BytesReceived));
        metrics.Gauge("clusterlb_backend_idle_connections", "Kept-alive connections not in use.",
            reading.OfBackends(b => b.IdleConnections));
    }

    private static void WriteListeners(MetricWriter metrics, NodeReading reading)
    {
        IEnumerable<Sample> Of(Func<ListenerSnapshot, long> figure) =>
            reading.DataPlane.Listeners.Select(listener => new Sample(figure(listener), Name(listener)));

        metrics.Counter("clusterlb_listener_connections_total", "Client connections accepted.", Of(l => l.Accepted));
        metrics.Gauge("clusterlb_listener_active_connections", "Client connections open now.", Of(l => l.Active));
        metrics.Counter("clusterlb_listener_accept_failures_total", "Times the process had no descriptors left.",
            Of(l => l.AcceptFailures));
        metrics.Counter("clusterlb_listener_client_rejections_total", "Connections of clients that had as many as they may.",
            Of(l => l.ClientRejections));
        metrics.Counter("clusterlb_listener_evictions_total", "Idle or stalled connections closed to make room near a limit.",
            Of(l => l.Evictions));
        metrics.Counter("clusterlb_listener_sent_bytes_total", "Bytes sent to clients.", Of(l => l.BytesSent));
        metrics.Counter("clusterlb_listener_received_bytes_total", "Bytes received from clients.", Of(l => l.BytesReceived));
    }

    private static void WriteQueues(MetricWriter metrics, NodeReading reading)
    {
        metrics.Gauge("clusterlb_pool_waiting", "Requests waiting for a backend with room.", reading.OfPools(p => p.Waiting));
        metrics.Counter("clusterlb_pool_queued_total", "Requests that had to wait.", reading.OfPools(p => p.Queued));
        metrics.Histogram("clusterlb_pool_queue_seconds", "Time that requests waited for a backend with room; only of those that had to.",
            reading.DataPlane.Pools.Select(pool => new HistogramSample(pool.Waits, new Label("pool", pool.Name))));
        metrics.Counter("clusterlb_pool_queue_timeouts_total", "Requests that waited too long.", reading.OfPools(p => p.QueueTimeouts));
        metrics.Counter("clusterlb_pool_queue_rejections_total", "Requests refused because the queue was full.",
            reading.OfPools(p => p.QueueRejections));
        metrics.Counter("clusterlb_pool_no_backend_total", "Requests that found no backend.", reading.OfPools(p => p.NoBackend));
        metrics.Counter("clusterlb_pool_retry_budget_exhausted_total", "Retries given up because the budget stayed used up.",
            reading.OfPools(p => p.RetryBudgetExhausted));
    }

    private static Label Name(ListenerSnapshot listener) => new("listener", listener.Name);

    private static Label Code(int status) =>
        new("code", status == ListenerSnapshot.OtherCodes ? "other" : status.ToString(CultureInfo.InvariantCulture));
}
