namespace ClusterLb.Core.Reload;

/// <summary>The configuration to which all nodes switched together, and the how-manieth time that was.</summary>
/// <param name="Number">Grows with every reload of the cluster; 0 = none since its oldest process began.</param>
/// <param name="Fingerprint">Of what all nodes must have the same; empty with 0.</param>
public sealed record ReloadEpoch(long Number, string Fingerprint)
{
    public static ReloadEpoch None { get; } = new(0, "");
}
