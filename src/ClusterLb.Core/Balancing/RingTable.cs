using System.Globalization;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>A hash ring (Karger et al. 1997): points per unit of weight on a circle, a key belongs to the next point.</summary>
internal sealed class RingTable : HashTable
{
    private readonly ulong[] _points;

    private RingTable(ulong[] points, Backend[] owners) : base(owners) => _points = points;

    public static RingTable Build(IReadOnlyList<Backend> members, int virtualNodes)
    {
        var points = new List<(ulong Point, Backend Owner)>();
        foreach (var member in members)
        {
            for (var i = 0; i < member.Weight * virtualNodes; i++)
                points.Add((StableHash.Of(string.Create(CultureInfo.InvariantCulture, $"{member.Name}#{i}")), member));
        }

        // Equal points are decided by name, so that the order in the file never matters.
        points.Sort((a, b) => a.Point != b.Point ? a.Point.CompareTo(b.Point) : string.CompareOrdinal(a.Owner.Name, b.Owner.Name));
        return new RingTable([.. points.Select(point => point.Point)], [.. points.Select(point => point.Owner)]);
    }

    public override int Start(ulong key)
    {
        var found = _points.AsSpan().BinarySearch(key);
        if (found < 0) found = ~found;
        return found == _points.Length ? 0 : found;
    }
}
