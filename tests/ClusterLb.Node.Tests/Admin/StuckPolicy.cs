using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>A policy whose tables take for ever, while it is stuck: what operators want does not take effect.</summary>
internal sealed class StuckPolicy : ILoadBalancingPolicy, IDisposable
{
    private readonly ManualResetEventSlim _isFree = new(initialState: true);

    public string Name => "stuck";

    public bool IsStuck
    {
        set
        {
            if (value) _isFree.Reset();
            else _isFree.Set();
        }
    }

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members, _isFree);

    public void Dispose() => _isFree.Dispose();

    private sealed class Source(IReadOnlyList<Backend> members, ManualResetEventSlim isFree) : IPickerSource, IPicker
    {
        public void Weigh(ReadOnlySpan<int> weights) => isFree.Wait();

        public IPicker CreatePicker(LoopRandom random) => this;

        public Backend? Pick(in PickRequest request) => members[0];

        public string Explain(Backend picked, Eligibility eligible, ulong? key) => "the first";
    }
}
