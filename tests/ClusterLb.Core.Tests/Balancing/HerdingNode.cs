using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>A node of the simulated cluster: a real picker over real backends, and the gauges it published lately.</summary>
internal sealed class HerdingNode(HerdingContender contender, int backends, ulong seed)
{
    /// <summary>How many of its last gauges may still be on their way.</summary>
    public const int Kept = 4;

    private readonly PickerTest _balancer = new(contender.Policy, backends, Configs.Pool.Hash with { LoadBound = 1.25 }, seed);
    private readonly int[][] _gauges = [.. Enumerable.Range(0, Kept).Select(_ => new int[backends])];
    private int _published;

    /// <summary>What was in flight here by backend, so many publications ago.</summary>
    public int[] GaugesOf(int ago) => _gauges[(_published - ago) & (Kept - 1)];

    public void Publish()
    {
        var gauges = _gauges[++_published & (Kept - 1)];
        foreach (var member in _balancer.Members) gauges[member.Index] = member.Load.InFlight;
    }

    public void Hear(int[] remote, int peers)
    {
        foreach (var member in _balancer.Members) contender.Hear(member.Load, remote[member.Index], peers);
    }

    public Lease Send()
    {
        Assert.True(_balancer.Pick(new Tried(), contender.Key)!.TryLease(out var lease));
        return lease;
    }
}
