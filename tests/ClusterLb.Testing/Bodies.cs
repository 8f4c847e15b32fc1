namespace ClusterLb.Testing;

/// <summary>Bodies in which a piece that is lost, doubled or out of place shows.</summary>
public static class Bodies
{
    public static string Of(int length) => string.Create(length, 12345u, static (characters, seed) =>
    {
        foreach (ref var character in characters)
        {
            seed = (seed * 1664525) + 1013904223;
            character = (char)('a' + (seed >> 24) % 26);
        }
    });
}
