namespace ClusterLb.ControlPlane.Membership;

/// <summary>A configured seed that is no member now.</summary>
/// <param name="Name">Of the node there; empty while it was never heard.</param>
/// <param name="Address">Host and port.</param>
/// <param name="SilentMilliseconds">Since it was last heard; null = never since this node's process began.</param>
public sealed record SeedView(string Name, string Address, long? SilentMilliseconds)
{
    /// <summary>It answers, in whatever cluster it is or in none.</summary>
    public bool IsReached => SilentMilliseconds <= Acquaintances.FreshMilliseconds;
}
