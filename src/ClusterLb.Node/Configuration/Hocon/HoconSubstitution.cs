namespace ClusterLb.Node.Configuration.Hocon;

/// <summary><c>${path}</c>: the value that another key, or a variable of the environment, has in the end.</summary>
internal sealed class HoconSubstitution(HoconPlace place, IReadOnlyList<string> path) : HoconValue(place)
{
    public IReadOnlyList<string> Path { get; } = path;

    /// <summary><c>${?path}</c>: may be missing.</summary>
    public bool IsOptional { get; init; }

    /// <summary><c>${NAME[]}</c>: the variables <c>NAME_0</c>, <c>NAME_1</c> and so on.</summary>
    public bool IsList { get; init; }

    /// <summary>Where the path may begin, tried in order: the file it stands in, those that include it, the whole.</summary>
    public IReadOnlyList<HoconSpot> Scopes { get; init; } = [HoconSpot.Root];

    /// <summary>As it was written.</summary>
    public override string ToString() => $"${{{(IsOptional ? "?" : "")}{HoconPath.Print(Path)}{(IsList ? "[]" : "")}}}";
}
