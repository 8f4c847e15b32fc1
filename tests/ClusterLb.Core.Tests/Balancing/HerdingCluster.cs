using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>
/// A discrete-event simulation in virtual time, the same for the same seed: nodes that pick for themselves over the same backends and hear
/// of each other's loads every 200 ms, each peer's up to 1 s old. Measures how far the most loaded backend is above the average of all.
/// </summary>
internal sealed class HerdingCluster
{
    public const int Backends = 50;

    private const int Slow = 7;
    private const int SlowFactor = 5;
    private const double GaugeSeconds = 0.2;
    private const double ShareInBursts = 0.2;
    private const int Samples = 1_000;

    private readonly HerdingShape _shape;
    private readonly HerdingNode[] _nodes;
    private readonly LoopRandom _random;
    private readonly PriorityQueue<Event, double> _events = new();
    private readonly int[] _load = new int[Backends];
    private readonly int[] _remote = new int[Backends];
    private readonly List<double> _peaks = [];
    private double _now;

    private HerdingCluster(HerdingShape shape, HerdingContender contender, int nodes, ulong seed)
    {
        _shape = shape;
        _random = new LoopRandom(seed);
        _nodes = [.. Enumerable.Range(0, nodes).Select(i => new HerdingNode(contender, Backends, seed + 1 + (ulong)i))];
    }

    private enum Kind
    {
        Arrival,
        Burst,
        End,
        Gauges,
        Sample,
    }

    private int BurstSize => _shape.Each * Backends / 5;

    private double ArrivalsPerSecond => _shape.Each * Backends / _shape.Service;

    public static HerdingPeaks Run(HerdingShape shape, HerdingContender contender, int nodes, ulong seed) =>
        new HerdingCluster(shape, contender, nodes, seed).Run();

    private HerdingPeaks Run()
    {
        // From empty to what it will be takes a few service times.
        var warm = Math.Max(1, 2 * _shape.Service);
        for (var node = 0; node < _nodes.Length; node++) After(GaugeSeconds * Uniform(), new Event(Kind.Gauges, node));
        After(0, new Event(Kind.Arrival));
        After(warm, new Event(Kind.Burst));
        After(warm, new Event(Kind.Sample));
        while (_events.TryDequeue(out var next, out _now) && _now < warm + _shape.Duration) Happen(next);
        _peaks.Sort();
        return new HerdingPeaks(_peaks[(int)(_peaks.Count * 0.99)], _peaks[^1]);
    }

    private void Happen(Event happening)
    {
        switch (happening.Kind)
        {
            case Kind.Arrival:
                Arrive();
                After(Exponential(1 / (ArrivalsPerSecond * (1 - ShareInBursts))), happening);
                break;
            case Kind.Burst:
                for (var i = 0; i < BurstSize; i++) Arrive();
                After(Exponential(BurstSize / (ArrivalsPerSecond * ShareInBursts)), happening);
                break;
            case Kind.End:
                happening.Lease.Return();
                _load[happening.Lease.Backend.Index]--;
                break;
            case Kind.Gauges:
                Exchange(happening.Node);
                After(GaugeSeconds, happening);
                break;
            case Kind.Sample:
                _peaks.Add(_load.Max() / _load.Average());
                After(_shape.Duration / Samples, happening);
                break;
        }
    }

    private void Arrive()
    {
        var lease = _nodes[_shape.Skewed && Uniform() < 0.5 ? 0 : _random.Next(_nodes.Length)].Send();
        var backend = lease.Backend.Index;
        _load[backend]++;
        After(Exponential(_shape.Service * (backend == Slow ? SlowFactor : 1)), new Event(Kind.End, 0, lease));
    }

    private void Exchange(int node)
    {
        _nodes[node].Publish();
        Array.Clear(_remote);
        foreach (var peer in _nodes)
        {
            if (peer == _nodes[node]) continue;
            // What was published last is up to 200 ms old, what may be heard in its place up to 800 ms, and it stays for 200 ms.
            var gauges = peer.GaugesOf(_random.Next(HerdingNode.Kept));
            for (var i = 0; i < Backends; i++) _remote[i] += gauges[i];
        }

        _nodes[node].Hear(_remote, _nodes.Length - 1);
    }

    private void After(double seconds, Event happening) => _events.Enqueue(happening, _now + seconds);

    private double Exponential(double mean) => -Math.Log(Uniform()) * mean;

    /// <summary>In (0, 1].</summary>
    private double Uniform() => ((_random.Next() >> 11) + 1) * (1.0 / (1UL << 53));

    private readonly record struct Event(Kind Kind, int Node = 0, Lease Lease = default);
}
