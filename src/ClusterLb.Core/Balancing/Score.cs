namespace ClusterLb.Core.Balancing;

/// <summary>How little a candidate is due: the least is picked.</summary>
/// <param name="Value">In requests per weight x 100; 0 or more once a load is in it.</param>
/// <param name="Rises">
/// <see cref="FairShares.Level"/> is to be added, which rises with the picks of others: kept apart, a score need not be read anew for it.
/// </param>
internal readonly record struct Score(double Value, bool Rises)
{
    public static Score operator +(Score score, double load) => score with { Value = score.Value + load };
}
