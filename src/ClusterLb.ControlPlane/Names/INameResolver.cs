using System.Net;

namespace ClusterLb.ControlPlane.Names;

/// <summary>Says which addresses a host name has. Any thread.</summary>
public interface INameResolver
{
    /// <summary>Asks once, with a bound of its own. Never throws.</summary>
    Task<NameAnswer> ResolveAsync(string name, CancellationToken stopping);
}

/// <param name="Addresses">Of both families, in any order; empty = there is a problem.</param>
/// <param name="TimeToLive">How long that holds; null = the resolver does not know.</param>
/// <param name="Problem">Why there are none, in a few words; else empty.</param>
public sealed record NameAnswer(IReadOnlyList<IPAddress> Addresses, TimeSpan? TimeToLive, string Problem)
{
    public static NameAnswer Failed(string problem) => new([], null, problem);
}
