namespace ClusterLb.Core.Reload;

/// <summary>The configuration to which all nodes switched together, and the how-manieth time that was.</summary>
/// <param name="Number">Grows with every reload of the cluster; 0 = none since its oldest process began.</param>
/// <param name="Fingerprint">Of what all nodes must have the same; empty with 0.</param>
public sealed record ReloadEpoch(long Number, string Fingerprint)
{
    public static ReloadEpoch None { get; } = new(0, "");

    /// <summary>
    /// Two sides of a cut network may give one number to two configurations: so that of the two exactly one is left when they meet, the
    /// fingerprint decides then.
    /// </summary>
    public bool IsBefore(ReloadEpoch other) =>
        Number != other.Number ? Number < other.Number : string.CompareOrdinal(Fingerprint, other.Fingerprint) < 0;
}
