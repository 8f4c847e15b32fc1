namespace ClusterLb.Core.Numerics;

/// <summary>
/// Weighted rendezvous hashing (Thaler, Ravishankar 1998; Schindelhauer, Schomaker 2005): whoever has the greatest score gets the key. Each
/// gets keys in proportion to its weight, and a weight that changes moves keys to or from its owner only.
/// </summary>
public static class RendezvousScore
{
    private const double ToUnit = 1.0 / (1UL << 53);

    /// <summary>weight / -ln(u), u uniform in (0, 1). A hash and a logarithm: for when few are compared.</summary>
    /// <param name="hash"><see cref="StableHash"/> of one that may get the key and of the key.</param>
    /// <param name="weight">Above 0.</param>
    public static double Of(ulong hash, double weight) => weight / -Math.Log(((hash >> 11) + 0.5) * ToUnit);
}
