using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Finds the nodes that seeds stand for.</summary>
public interface ISeedResolver
{
    /// <summary>
    /// Asks DNS anew where a seed is a name. A name that does not exist stands for nobody; a name server that fails changes nothing. Never
    /// throws.
    /// </summary>
    Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds);
}
