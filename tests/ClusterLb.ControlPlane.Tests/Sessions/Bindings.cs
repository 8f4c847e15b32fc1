using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>Bindings in numbers.</summary>
internal static class Bindings
{
    /// <summary>Spread like those of clients.</summary>
    public static SessionKey Key(int i) => SessionKey.Of(1, BitConverter.GetBytes(i));

    public static Binding Of(int i, ulong backend = 7, uint version = 1, uint expiresAt = uint.MaxValue) =>
        new(Key(i), backend, version, expiresAt);

    public static IReadOnlyList<Binding> Range(int start, int count) => [.. Enumerable.Range(start, count).Select(i => Of(i))];

    public static BindingTable TableOf(int count)
    {
        var table = new BindingTable(Math.Max(1_000, count * 4));
        foreach (var binding in Range(0, count)) table.Put(binding, 0);
        return table;
    }
}
