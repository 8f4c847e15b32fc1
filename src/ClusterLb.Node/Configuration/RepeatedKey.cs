using ClusterLb.Node.Configuration.Hocon;

namespace ClusterLb.Node.Configuration;

/// <summary>A key that one source sets twice.</summary>
/// <param name="Path">From the outermost block; from the block in a list that it is in, if there is one.</param>
/// <param name="First">Where it was set.</param>
/// <param name="Second">Where it is set again.</param>
/// <param name="AreBlocks">Which are merged; else the first is lost.</param>
internal sealed record RepeatedKey(IReadOnlyList<string> Path, string First, string Second, bool AreBlocks)
{
    public static RepeatedKey Of(HoconRepeat repeat) =>
        new(repeat.Path, LineOf(repeat.First), LineOf(repeat.Second), repeat.AreBlocks);

    private static string LineOf(HoconPlace place) => (place with { Column = 0 }).ToString();
}
