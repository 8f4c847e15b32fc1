using ClusterLb.Core.Balancing;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Node.Hosting;

namespace ClusterLb.Node.Telemetry;

/// <summary>
/// Says when a backend gets more than twice its fair share of a pool's requests on this node over a minute, as a hot key or a bad weight
/// would do.
/// </summary>
internal sealed class SkewAlarm : IMetricSource, IDisposable
{
    private const int StepsPerWindow = 6;

    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(10);

    private readonly Queue<IReadOnlyDictionary<string, long>> _readings = new();
    private Dictionary<string, Standing> _standing = [];
    private readonly HashSet<string> _alarmed = [];
    private readonly Func<IReadOnlyDictionary<string, long>> _requests;
    private readonly RoutingTableHolder _tables;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private volatile IReadOnlyDictionary<string, double> _skew = new Dictionary<string, double>();

    /// <param name="requests">Since the start, by backend id.</param>
    /// <param name="tables">Pools and weights.</param>
    /// <param name="logger">Where it is said, once when it begins and once when it ends.</param>
    public SkewAlarm(Func<IReadOnlyDictionary<string, long>> requests, RoutingTableHolder tables, ILogger logger, TimeProvider time)
    {
        (_requests, _tables, _logger) = (requests, tables, logger);
        _timer = time.CreateTimer(_ => Look(), null, s_step, s_step);
    }

    public void Write(MetricWriter metrics) => metrics.Gauge("clusterlb_backend_skew",
        "Requests over the last minute as a multiple of the fair share; 0 when there are too few to say.",
        _tables.Current.Pools.SelectMany(pool => pool.Members.Select(backend =>
            new Sample(Math.Round(_skew.GetValueOrDefault(backend.Id), 2), NodeReading.LabelsOf(pool.Name, backend.Name)))));

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = _requests();
        _readings.Enqueue(now);
        if (_readings.Count > StepsPerWindow + 1) _readings.Dequeue();
        var skew = new Dictionary<string, double>();
        var pools = _tables.Current.Pools;
        _standing = pools.ToDictionary(pool => pool.Name, pool => Standing.Of(pool.Eligible, _standing.GetValueOrDefault(pool.Name)));
        foreach (var pool in pools)
        {
            var before = _readings.ElementAt(Math.Max(0, _readings.Count - 1 - _standing[pool.Name].Looks));
            Look(pool, id => now.GetValueOrDefault(id) - before.GetValueOrDefault(id), skew);
        }

        _skew = skew;
        // One that left and comes back begins anew.
        _alarmed.IntersectWith(skew.Keys);
    }

    private void Look(Pool pool, Func<string, long> requestsOf, Dictionary<string, double> skew)
    {
        var eligible = pool.Eligible;
        var all = eligible.Candidates.Sum(backend => requestsOf(backend.Id));
        var weights = eligible.Weights.Sum(weight => (long)weight);
        foreach (var backend in pool.Members)
        {
            var times = skew[backend.Id] = Skew.Of(requestsOf(backend.Id), all, eligible.WeightOf(backend), weights);
            if (times > Skew.Limit && _alarmed.Add(backend.Id)) _logger.BackendSkewed(backend.Id, times);
            if (times <= Skew.Limit && _alarmed.Remove(backend.Id)) _logger.BackendEven(backend.Id);
        }
    }

    /// <summary>Who gets requests, and at how many looks before this one it was the same: what came before was shared by others.</summary>
    private sealed record Standing(Eligibility Eligible, int Looks)
    {
        public static Standing Of(Eligibility eligible, Standing? before) =>
            new(eligible, before?.Eligible == eligible ? before.Looks + 1 : 0);
    }
}
