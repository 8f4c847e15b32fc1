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
    /// <summary>It is certain that there are none: the name does not exist, or has no address. Else nobody could tell.</summary>
    public bool IsNobody { get; init; }

    public static NameAnswer Nobody(string problem) => Failed(problem) with { IsNobody = true };

    public static NameAnswer Failed(string problem) => new([], null, problem);
}
