using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>What a source says.</summary>
/// <param name="TimeToLive">How long that holds; null = the source does not know.</param>
public abstract record SourceAnswer(TimeSpan? TimeToLive);

/// <summary>These, one or more, each name once, and nobody else.</summary>
public sealed record FoundBackends(EquatableList<FoundBackend> Backends, TimeSpan? TimeToLive) : SourceAnswer(TimeToLive);

/// <summary>It knows of nobody: the name does not exist, or the list is empty.</summary>
/// <param name="Reason">In a few words.</param>
public sealed record NobodyFound(string Reason) : SourceAnswer((TimeSpan?)null);

/// <summary>It cannot tell, or what it says is nonsense.</summary>
/// <param name="Reason">In a few words.</param>
public sealed record NoAnswer(string Reason) : SourceAnswer((TimeSpan?)null);
