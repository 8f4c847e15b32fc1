using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>
/// What an operator wants of one backend, or of one node, on every node. The higher version wins, so all nodes end up with the same.
/// DRAINED is nobody's wish: every node finds it out for itself.
/// </summary>
/// <param name="Backend">Its id; or <see cref="OfNode"/>.</param>
/// <param name="State">Ready, Draining or Maintenance.</param>
/// <param name="Weight">0 to 256; null = as configured.</param>
/// <param name="DeadlineUtcMilliseconds">When a drain stops waiting, since 1970; 0 when not draining.</param>
/// <param name="SinceUtcMilliseconds">When <paramref name="State"/> began, since 1970: where a slow start counts from.</param>
/// <param name="Version">Wall clock ticks of the command, but always higher than that of the intent it replaces.</param>
/// <param name="Node">Through which node it was said.</param>
public sealed record AdminIntent(
    string Backend, AdminState State, int? Weight, long DeadlineUtcMilliseconds, long SinceUtcMilliseconds, long Version, string Node)
        : IClusterMessage
{
    /// <summary>A drain's mode: its sessions are moved at once, by whichever node is to do it; else they stay until they end.</summary>
    public bool MovesSessions { get; init; }

    /// <summary>A node's table goes by it; of a drain also when it is over there.</summary>
    public bool IsFollowedBy(MemberSnapshot member) =>
        member.OperatorWeight == Weight
        && (member.Admin == State || (member.Admin == AdminState.Drained && State == AdminState.Draining));

    /// <summary>What stands for a node where a backend's id would: ids have a slash, and names of nodes have no such sign.</summary>
    public static string OfNode(string name) => $"@{name}";

    /// <summary>When the latest command was given, since 1970: where a weight counts from.</summary>
    internal long SaidAtUtcMilliseconds => (Version - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
}

/// <summary>
/// Everything that operators want as one node knows it, to another that knows something else; or as a store outside has kept it.
/// </summary>
/// <param name="Intents">At most <see cref="Most"/>; more go in several messages, in any order.</param>
internal sealed record AdminStateTold(EquatableList<AdminIntent> Intents) : IClusterMessage
{
    /// <summary>About 100 bytes each: well within the frame that Akka.Remote is used with, 1 MiB.</summary>
    public const int Most = 1_000;
}
