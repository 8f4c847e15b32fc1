namespace ClusterLb.Core.Configuration;

/// <summary>
/// Where backends of a pool are found while it serves: a block of <c>backends</c> with <c>discover</c> where others have an address.
/// </summary>
public sealed record SourceConfig
{
    /// <summary>Of the block; backends that are found have names of their own.</summary>
    public required string Name { get; init; }

    /// <summary>The source as the operator wrote it, such as <c>dns:app.internal:8080</c>; what nodes call it among themselves.</summary>
    public required string Discover { get; init; }

    /// <summary>The same for this node: the path of a file begins where the configuration is.</summary>
    public required string Location { get; init; }

    /// <summary>Of each backend whose own the source does not tell, 0 to 256. Default 1.</summary>
    public required int Weight { get; init; }

    /// <summary>Of each backend whose own the source does not tell; 0 = unlimited, the default.</summary>
    public required int MaxInFlight { get; init; }

    /// <summary>From one answer to the next question, 1 s to 1 h, ±10 %; 0 = the answer's time to live, the default.</summary>
    public required TimeSpan Refresh { get; init; }

    /// <summary>More backends than that are left out, 1 to 10,000. Default 1,000.</summary>
    public required int Max { get; init; }
}
