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
        private readonly HashTableHolder _tables = new(config, members);
        private readonly KeyOrder _order = new(members);

        public IPicker CreatePicker(LoopRandom random) =>
            new ConsistentHashPicker(_tables, _order, config.LoadBound, new P2cPicker(random, members.Count));

        public void Weigh(ReadOnlySpan<int> weights) => _tables.Weigh(weights);

        public IReadOnlyList<Backend> OrderOf(ulong key, Eligibility eligible)
        {
            var table = _tables.Current;
            var order = new List<Backend>();
            var (position, walk) = (table.Start(key), key);
            for (var steps = table.MostSteps; steps > 0; steps--)
            {
                var candidate = table.At(position);
                if (table.IsOpen(position, WeightOf(candidate)) && !order.Contains(candidate)) order.Add(candidate);
                position = table.Next(position, ref walk);
            }

            // The picker goes on like this, too.
            var others = members.Where(member => WeightOf(member) > 0).Except(order).ToList();
            return [.. order, .. others.OrderByDescending(member => _order.ScoreOf(key, member, WeightOf(member)))];

            int WeightOf(Backend member) => eligible.Contains(member) ? eligible.WeightOf(member) : table.WeightOf(member) * 100;
        }

        public string Explain(Backend picked, Eligibility eligible, ulong? key)
        {
            if (key is not { } hash)
                return "a request without the key goes by p2c, the better score of two random ones: one draw, the next may differ";
            var order = OrderOf(hash, eligible);
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
/// Walks the open slots of a key in the table's order and takes the first candidate that is acceptable and below the load bound (consistent
/// hashing with bounded loads: Mirrokni, Thorup, Zadimoghaddam 2018). Where hardly any slot will do the walk is given up for one look at
/// the eligible, in an order that the key and the weights alone decide as well.
/// </summary>
internal sealed class ConsistentHashPicker(HashTableHolder tables, KeyOrder order, double loadBound, P2cPicker withoutKey) : IPicker
{
    private readonly InFlightSum _sum = new();

    public Backend? Pick(in PickRequest request)
    {
        if (!request.HasKey) return withoutKey.Pick(request);
        if (request.Eligible.Candidates.Length == 0) return null;
        if (loadBound > 0) _sum.Refresh(request.Eligible);
        Backend? overloaded = null;
        var table = tables.Current;
        var (position, walk) = (table.Start(request.Key), request.Key);
        for (var steps = table.MostSteps; steps > 0; steps--)
        {
            var candidate = table.At(position);
            if (table.IsOpen(position, request.Eligible.WeightOf(candidate)) && request.Accepts(candidate))
            {
                if (IsBelowBound(request, candidate)) return candidate;
                overloaded ??= candidate;
            }

            position = table.Next(position, ref walk);
        }

        return FirstOfAll(request, overloaded);
    }

    private Backend? FirstOfAll(in PickRequest request, Backend? overloaded)
    {
        Backend? first = null;
        var greatest = double.NegativeInfinity;
        foreach (var candidate in request.Eligible.Candidates)
        {
            if (!request.AcceptsCandidate(candidate)) continue;
            overloaded ??= candidate;
            if (!IsBelowBound(request, candidate)) continue;
            var score = order.ScoreOf(request.Key, candidate, request.Eligible.WeightOf(candidate));
            if (score > greatest) (first, greatest) = (candidate, score);
        }

        // Rounding can leave everybody at the bound: the key's own backend is then as good as any.
        return first ?? overloaded;
    }

    private bool IsBelowBound(in PickRequest request, Backend candidate) =>
        loadBound <= 0 || candidate.Load.Pressure < Bound(request.Eligible.WeightOf(candidate));

    private double Bound(int weight) => loadBound * (_sum.Pressure + 1) * weight / _sum.Weight;
}
