using ClusterLb.ControlPlane.Commands;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Sessions;

namespace ClusterLb.Node.Telemetry;

/// <summary>Sticky sessions: who knew them, and where they are.</summary>
internal static class SessionMetrics
{
    public static void Write(MetricWriter metrics, NodeReading reading, SessionCommands sessions)
    {
        WriteRequests(metrics, reading);
        metrics.Gauge("clusterlb_backend_sessions", "Sessions there that were told to all nodes or that this node has met.",
            reading.OfStickyMembers(member => sessions.Bound.Of(member.Backend)));
        metrics.Counter("clusterlb_backend_sessions_moved_total", "Sessions that were bound to it and then elsewhere, as this node knows.",
            reading.OfStickyMembers(member => sessions.Departures.Of(member.Backend.Key).Moved));
        metrics.Counter("clusterlb_backend_sessions_expired_total",
            "Sessions that were bound to it and not used in time, as this node knows.",
            reading.OfStickyMembers(member => sessions.Departures.Of(member.Backend.Key).Expired));
        var counts = sessions.Counts;
        metrics.Counter("clusterlb_session_claims_total", "First uses of a session on this node, by who answered.",
            new Sample(counts.ClaimedByStore, new Label("by", "store")),
            new Sample(counts.ClaimedByActor, new Label("by", "actor")),
            new Sample(counts.ClaimedByNobody, new Label("by", "nobody")));
        metrics.Gauge("clusterlb_sessions_known", "Sessions in this node's table.", new Sample(counts.Known));
        metrics.Counter("clusterlb_sessions_displaced_total",
            "Sessions that left the table before they expired, because there was no room.", new Sample(counts.Displaced));
        metrics.Counter("clusterlb_session_notes_dropped_total", "Bindings that were not told to anybody, because too many waited.",
            new Sample(counts.NotesDropped));
        metrics.Counter("clusterlb_session_not_asked_total",
            "First uses and moves that the hash decided because too many were under way.", new Sample(counts.NotAsked));
    }

    private static void WriteRequests(MetricWriter metrics, NodeReading reading)
    {
        IEnumerable<Sample> Of(Func<Label, StickySnapshot, IEnumerable<Sample>> samples) =>
            reading.DataPlane.Pools.Where(pool => pool.Sticky is not null)
                .SelectMany(pool => samples(new Label("pool", pool.Name), pool.Sticky!));

        metrics.Counter("clusterlb_sessions_total", "Requests of sticky pools, by who knew where their session is.", Of((pool, sticky) =>
            Enum.GetValues<SessionSource>().Select(source =>
                new Sample(sticky.Sources[(int)source], pool, new Label("source", source.ToString().ToLowerInvariant())))));
        metrics.Counter("clusterlb_sessions_unremembered_total",
            "Sessions new to this node that nobody remembers because their client began too many.",
            Of((pool, sticky) => [new Sample(sticky.Unremembered, pool)]));
        metrics.Counter("clusterlb_session_bad_cookies_total", "Cookies of ours that were treated as absent, by what was wrong.",
            Of((pool, sticky) => Enum.GetValues<CookieStatus>().Skip(1).Select(status =>
                new Sample(sticky.BadCookies[(int)status], pool, new Label("reason", status.ToString().ToLowerInvariant())))));
        metrics.Counter("clusterlb_session_diverted_total", "Requests that failed at their session's backend and went on elsewhere.",
            Of((pool, sticky) => [new Sample(sticky.Diverted, pool)]));
        metrics.Counter("clusterlb_session_move_waits_total", "Requests that waited for their session to be moved.",
            Of((pool, sticky) => [new Sample(sticky.Moved, pool)]));
    }
}
