using ClusterLb.ControlPlane.Names;
using ClusterLb.Core.Discovery;
using ClusterLb.Node.Names;

namespace ClusterLb.Node.Discovery;

/// <summary>A way to find backends, by the word that <c>discover</c> begins with.</summary>
/// <param name="Scheme">Before the first colon.</param>
/// <param name="Example">A legal source, for who wrote none.</param>
/// <param name="ProblemOf">What is wrong with what comes after the colon; empty = nothing.</param>
/// <param name="Open">Makes a source of what comes after the colon; asks nobody yet.</param>
internal sealed record SourceKind(
    string Scheme, string Example, Func<string, string> ProblemOf, Func<string, SourceContext, IBackendSource> Open)
{
    /// <summary>What comes after the colon is a path: a relative one begins where the configuration is.</summary>
    public bool IsPath { get; init; }
}

/// <summary>What sources may ask.</summary>
/// <param name="Names">For addresses.</param>
/// <param name="Queries">For other records.</param>
internal sealed record SourceContext(INameResolver Names, NameQueries Queries, TimeProvider Time);
