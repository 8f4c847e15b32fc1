using System.Globalization;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>The same key, the same backend, on every node; see <see cref="HashTable"/>. A request without the key goes by p2c.</summary>
internal sealed class ConsistentHashPolicy : ILoadBalancingPolicy
{
    public string Name => "consistent-hash";

    public KeySource? KeyOf(PoolConfig pool) => new KeySource(pool.Hash.Key, pool.Hash.KeyName);

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(pool.Hash, members);

    private sealed class Source(HashConfig config, IReadOnlyList<Backend> members) : IPickerSource
    {
        private readonly HashTable _table = config.Algorithm == HashAlgorithm.Maglev
            ? MaglevTable.Build(members)
            : RingTable.Build(members, config.VirtualNodes);

        private readonly KeyOrder _order = new(members);

        public IPicker CreatePicker(LoopRandom random) =>
            new ConsistentHashPicker(_table, _order, config.LoadBound, new P2cPicker(random, members.Count));

        public IReadOnlyList<Backend> OrderOf(ulong key)
        {
            var (order, seen) = (new List<Backend>(), new HashSet<Backend>());
            var position = _table.Start(key);
            for (var steps = _table.Length; steps > 0 && order.Count < members.Count; steps--)
            {
                var candidate = _table.At(position);
                position = _table.Next(position);
                if (seen.Add(candidate)) order.Add(candidate);
            }

            return order;
        }

        public string Explain(Backend picked, Eligibility eligible, ulong? key)
        {
            if (key is not { } hash)
                return "a request without the key goes by p2c, the better score of two random ones: one draw, the next may differ";
            var order = OrderOf(hash);
            if (order.Count > 0 && order[0] == picked) return "the key is its own";
            if (order.FirstOrDefault(member => eligible.Contains(member) && !member.IsFull) == picked)
                return "the first in the key's order that is eligible and not full";
            var bound = string.Create(CultureInfo.InvariantCulture, $"load-bound, {config.LoadBound} of its share of what is in flight");
            return $"the first in the key's order that is eligible, not full and below {bound}";
        }
    }
}

/// <summary>Consistent hash by the client's address, whatever <c>hash.key</c> says.</summary>
internal sealed class IpHashPolicy : ILoadBalancingPolicy
{
    private static readonly ConsistentHashPolicy s_consistentHash = new();

    public string Name => "ip-hash";

    public KeySource? KeyOf(PoolConfig pool) => KeySource.SourceIp;

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => s_consistentHash.Build(pool, members);
}

/// <summary>
/// Walks the candidates of a key in the table's order and takes the first one that is acceptable and below the load bound (consistent
/// hashing with bounded loads: Mirrokni, Thorup, Zadimoghaddam 2018). Where hardly anybody is acceptable the walk is given up for one look
/// at the eligible, in an order that the key alone decides as well.
/// </summary>
internal sealed class ConsistentHashPicker(HashTable table, KeyOrder order, double loadBound, P2cPicker withoutKey) : IPicker
{
    // With half of all slots acceptable, one key in 2^64 goes further.
    private const int MostSteps = 64;

    private readonly InFlightSum _sum = new();

    public Backend? Pick(in PickRequest request)
    {
        if (!request.HasKey) return withoutKey.Pick(request);
        if (request.Eligible.Candidates.Length == 0) return null;
        if (loadBound > 0) _sum.Refresh(request.Eligible);
        Backend? overloaded = null;
        var position = table.Start(request.Key);
        for (var steps = Math.Min(table.Length, MostSteps); steps > 0; steps--)
        {
            var candidate = table.At(position);
            position = table.Next(position);
            if (!request.Accepts(candidate)) continue;
            if (IsBelowBound(request, candidate)) return candidate;
            overloaded ??= candidate;
        }

        return FirstOfAll(request, overloaded);
    }

    private Backend? FirstOfAll(in PickRequest request, Backend? overloaded)
    {
        Backend? first = null;
        foreach (var candidate in request.Eligible.Candidates)
        {
            if (!request.Accepts(candidate)) continue;
            overloaded ??= candidate;
            if (IsBelowBound(request, candidate) && (first is null || order.IsBefore(request.Key, candidate, first))) first = candidate;
        }

        // Rounding can leave everybody at the bound: the key's own backend is then as good as any.
        return first ?? overloaded;
    }

    private bool IsBelowBound(in PickRequest request, Backend candidate) =>
        loadBound <= 0 || candidate.Load.Pressure < Bound(request.Eligible.WeightOf(candidate));

    private double Bound(int weight) => loadBound * (_sum.Pressure + 1) * weight / _sum.Weight;
}
