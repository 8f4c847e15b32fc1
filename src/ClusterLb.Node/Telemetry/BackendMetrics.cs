using ClusterLb.Core.Backends;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;

namespace ClusterLb.Node.Telemetry;

/// <summary>How backends and their pools are, as this node goes by.</summary>
internal static class BackendMetrics
{
    public static void Write(MetricWriter metrics, NodeReading reading)
    {
        metrics.Gauge("clusterlb_backend_up", "1 when it takes new work.", reading.OfMembers((_, member) => member.Weight > 0 ? 1 : 0));
        metrics.Gauge("clusterlb_backend_state", "1 for the state it is in, with the class of its reason; 0 for the others.",
            reading.Members.SelectMany(one => States(one.Member)));
        metrics.Gauge("clusterlb_backend_weight", "Weight now, slow start included; 0 takes no work.",
            reading.OfMembers((_, member) => member.Weight / 100.0));
        metrics.Gauge("clusterlb_backend_in_flight", "Requests or connections in flight.",
            reading.OfMembers((_, member) => member.Backend.Load.InFlight));
        metrics.Gauge("clusterlb_backend_in_flight_cluster", "Requests or connections in flight on all nodes.",
            reading.OfMembers((_, member) => reading.Cluster.InFlightOf(member.Backend.Id)));
        metrics.Gauge("clusterlb_backend_unreachable", "1 while this node alone cannot reach it.",
            reading.OfMembers((_, member) => reading.Cluster.Nodes[0].Unreachable.ContainsKey(member.Backend.Id) ? 1 : 0));
        metrics.Counter("clusterlb_probes_total", "Probes by result.", reading.Members.SelectMany(one => Probes(reading, one.Member)));
        metrics.Gauge("clusterlb_pool_panic", "1 while the pool fails open, and 10 s longer.",
            reading.Table.Pools.Select(pool => new Sample(pool.IsPanic ? 1 : 0, new Label("pool", pool.Name))));
        metrics.Gauge("clusterlb_routing_table_version", "Grows with every published table.", new Sample(reading.Table.Version));
    }

    /// <summary>One for each state there is, so that the series of a backend do not come and go.</summary>
    private static IEnumerable<Sample> States(MemberSnapshot member) => Enum.GetValues<EffectiveState>().Select(state =>
        new Sample(
            state == member.Effective ? 1 : 0,
            [
                .. NodeReading.LabelsOf(member), new Label("state", state.ToString().ToLowerInvariant()),
                new Label("reason", state == member.Effective ? ReasonOf(member) : ""),
            ]));

    /// <summary>Empty for what is well; an operator's own words are nobody's class.</summary>
    private static string ReasonOf(MemberSnapshot member) => member.Effective switch
    {
        EffectiveState.Up or EffectiveState.Trial => "",
        EffectiveState.Draining or EffectiveState.Drained or EffectiveState.Maintenance => "operator",
        _ => ReasonClass.Of(member.Reason),
    };

    private static IEnumerable<Sample> Probes(NodeReading reading, MemberSnapshot member)
    {
        var (passed, failed) = reading.Probes.GetValueOrDefault(member.Backend.Id);
        yield return new Sample(passed, [.. NodeReading.LabelsOf(member), new Label("result", "passed")]);
        yield return new Sample(failed, [.. NodeReading.LabelsOf(member), new Label("result", "failed")]);
    }
}
