using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// What the other nodes have in flight: one vector a node, replaced whole, so that no increment can be lost or counted twice. Not
/// thread-safe.
/// </summary>
internal sealed class GaugeTable
{
    private readonly Dictionary<string, IReadOnlyList<Gauge>> _byNode = [];
    private readonly Dictionary<string, int> _totals = [];

    /// <summary>Of all other nodes together.</summary>
    public int TotalOf(string backend) => _totals.GetValueOrDefault(backend);

    /// <summary>Backends with anything in flight elsewhere.</summary>
    public IReadOnlyCollection<string> Backends => _totals.Keys;

    /// <summary>Nodes that have told, and this one.</summary>
    public int Nodes => _byNode.Count + 1;

    /// <summary>A node's new vector takes the place of its last one.</summary>
    /// <returns>Backends whose total may have changed.</returns>
    public IReadOnlyCollection<string> Replace(string node, IReadOnlyList<Gauge> gauges)
    {
        var touched = new HashSet<string>();
        foreach (var gauge in _byNode.GetValueOrDefault(node, [])) Add(gauge.Backend, -gauge.InFlight, touched);
        foreach (var gauge in gauges) Add(gauge.Backend, gauge.InFlight, touched);
        _byNode[node] = gauges;
        return touched;
    }

    /// <summary>The node is gone, and what it had in flight with it.</summary>
    public IReadOnlyCollection<string> Drop(string node)
    {
        var touched = Replace(node, []);
        _byNode.Remove(node);
        return touched;
    }

    private void Add(string backend, int inFlight, HashSet<string> touched)
    {
        touched.Add(backend);
        var total = _totals.GetValueOrDefault(backend) + inFlight;
        if (total == 0) _totals.Remove(backend);
        else _totals[backend] = total;
    }
}
