using System.Globalization;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>A hash ring (Karger et al. 1997): points per unit of weight on a circle, a key belongs to the next point.</summary>
internal sealed class RingTable : HashTable
{
    // Of 24 bytes each while it is built: what weights and points multiply to must not take the node's memory.
    private const long MostPoints = 1_000_000;

    private readonly ulong[] _points;

    private RingTable(ulong[] points, Backend[] owners, int[] numbers, int[] weights) : base(owners, numbers, weights) => _points = points;

    /// <param name="weights">By <see cref="Backend.Index"/>, 0 to 256; 0 = gets no points.</param>
    /// <param name="virtualNodes">Points per unit of weight, 1 to 1,000; fewer where all would have more than a million.</param>
    public static RingTable Build(IReadOnlyList<Backend> members, int[] weights, int virtualNodes)
    {
        var perUnit = (int)Math.Clamp(MostPoints / Math.Max(1, weights.Sum(weight => (long)weight)), 1, virtualNodes);
        var points = new List<(ulong Point, Backend Owner, int Number)>();
        foreach (var member in members)
        {
            for (var i = 0; i < weights[member.Index] * perUnit; i++)
                points.Add((StableHash.Of(string.Create(CultureInfo.InvariantCulture, $"{member.Name}#{i}")), member, i));
        }

        // Equal points are decided by name, so that the order in the file never matters.
        points.Sort((a, b) => a.Point != b.Point ? a.Point.CompareTo(b.Point) : string.CompareOrdinal(a.Owner.Name, b.Owner.Name));
        return new RingTable(
            [.. points.Select(point => point.Point)], [.. points.Select(point => point.Owner)], [.. points.Select(point => point.Number)],
            weights);
    }

    public override int Start(ulong key)
    {
        var found = _points.AsSpan().BinarySearch(key);
        if (found < 0) found = ~found;
        return found == _points.Length ? 0 : found;
    }

    public override int Next(int position, ref ulong walk) => position + 1 == Length ? 0 : position + 1;
}
