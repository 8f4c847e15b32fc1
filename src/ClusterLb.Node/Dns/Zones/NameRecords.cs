namespace ClusterLb.Node.Dns.Zones;

/// <summary>The addresses of one name of the zone, as records carry them. A name without any is above one that has some.</summary>
/// <param name="V4">4 bytes each.</param>
/// <param name="V6">16 bytes each.</param>
internal sealed record NameRecords(byte[][] V4, byte[][] V6)
{
    public static readonly NameRecords None = new([], []);
}
