using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Agents;

/// <summary>
/// What the process whose place this one has taken has in flight still: the node's, until it has ended. Any thread.
/// </summary>
internal sealed class FormerProcess
{
    private volatile IReadOnlyDictionary<string, int> _inFlight = new Dictionary<string, int>();

    /// <param name="backend">By id.</param>
    public int InFlightOn(string backend) => _inFlight.GetValueOrDefault(backend);

    /// <summary>All of it, in place of what it said before.</summary>
    public void Says(IEnumerable<Gauge> gauges) =>
        _inFlight = gauges.GroupBy(gauge => gauge.Backend).ToDictionary(one => one.Key, one => one.Sum(gauge => gauge.InFlight));
}
