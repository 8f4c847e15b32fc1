namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>What a text is part of.</summary>
/// <param name="Includer">Of this text.</param>
/// <param name="Spot">Where its outermost keys go.</param>
/// <param name="Scopes">Where the paths of its substitutions may begin, tried in order.</param>
/// <param name="Depth">How deep that is already.</param>
internal sealed record HoconContext(IHoconIncluder Includer, HoconSpot Spot, IReadOnlyList<HoconSpot> Scopes, int Depth)
{
    /// <summary>See what is set.</summary>
    public HoconKeys Keys { get; init; } = new();

    /// <summary>Of a text that nothing includes.</summary>
    public static HoconContext Of(IHoconIncluder includer) => new(includer, HoconSpot.Root, [HoconSpot.Root], 0);
}

/// <summary>Puts what a file holds where it is included.</summary>
internal interface IHoconIncluder
{
    /// <param name="include">What is asked for.</param>
    /// <param name="into">The block that gets the keys.</param>
    /// <param name="at">Where that block stands, in the text that asks.</param>
    void Include(HoconInclude include, HoconObject into, HoconContext at);
}
