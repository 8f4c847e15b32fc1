using System.ComponentModel;
using ClusterLb.ControlPlane.Membership;

namespace ClusterLb.Node.Admin;

/// <summary>A configured seed that is no member of the cluster now.</summary>
internal sealed record SeedReport(
    [Description("Of the node there; empty while the node that answers never heard it.")] string Name,
    [Description("Host and port of its remoting.")] string Address,
    [Description("It answers all the same, in another cluster or in none.")] bool IsReached,
    [Description("When the node that answers last heard it, to the second; null = never since that one began.")] DateTimeOffset? LastSeen)
{
    public static SeedReport Of(SeedView seed, DateTimeOffset utcNow) => new(
        seed.Name, seed.Address, seed.IsReached,
        seed.SilentMilliseconds is { } silent
            ? DateTimeOffset.FromUnixTimeSeconds(utcNow.AddMilliseconds(-silent).ToUnixTimeSeconds())
            : null);
}
