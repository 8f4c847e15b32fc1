using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Finds the nodes that seeds stand for.</summary>
public interface ISeedResolver
{
    /// <summary>Asks DNS anew where a seed is a name. A seed that does not resolve stands for nobody now; never throws.</summary>
    Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds);
}
