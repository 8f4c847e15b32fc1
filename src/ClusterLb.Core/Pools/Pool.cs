using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Pools;

public sealed class Pool(PoolConfig config, int slot, IReadOnlyList<Backend> members)
{
    private volatile Eligibility _eligible = Eligibility.None;

    public PoolConfig Config { get; } = config;

    public int Slot { get; } = slot;

    public IReadOnlyList<Backend> Members { get; } = members;

    public Eligibility Eligible
    {
        get => _eligible;
        internal set => _eligible = value;
    }
}
