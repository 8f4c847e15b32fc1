namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Where a block stands, so that what is in it can be found.</summary>
/// <param name="Start">No path leads into a list: the block in it that the path begins at. Null = the whole configuration.</param>
/// <param name="Path">From there.</param>
internal sealed record HoconSpot(HoconObject? Start, IReadOnlyList<string> Path)
{
    public static HoconSpot Root { get; } = new(null, []);

    public HoconSpot At(IReadOnlyList<string> path) => this with { Path = [.. Path, .. path] };
}
