using Akka.Actor;
using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Reload;

/// <summary>
/// An operator's word: every node reads its files, and all follow or none does. Answered with <see cref="ReloadAllAnswer"/>.
/// </summary>
/// <param name="IsDryRun">They are only read and compared.</param>
internal sealed record ReloadAll(bool IsDryRun) : INoSerializationVerificationNeeded;

/// <summary>What came of it.</summary>
/// <param name="Refusal">Why this node does not begin it now; empty when it has.</param>
/// <param name="Problems">Who refused and why, one line each: nobody has switched.</param>
/// <param name="Epoch">That all are at, or would be; where there is nothing to change, that of now.</param>
/// <param name="Nodes">This one first.</param>
public sealed record ReloadAllAnswer(
    string Refusal, IReadOnlyList<string> Problems, ReloadEpoch Epoch, IReadOnlyList<ReloadedNode> Nodes)
    : INoSerializationVerificationNeeded
{
    internal static ReloadAllAnswer Refused(string refusal) => new(refusal, [], ReloadEpoch.None, []);

    internal static ReloadAllAnswer Nobody(IReadOnlyList<string> problems) => new("", problems, ReloadEpoch.None, []);
}

/// <param name="Offer">What it read.</param>
/// <param name="Confirmation">How it ended there.</param>
/// <param name="Refusal">Why it did not switch; empty when it did, or said nothing.</param>
public sealed record ReloadedNode(string Name, ReloadOffer Offer, Confirmation Confirmation, string Refusal = "");

public enum Confirmation
{
    /// <summary>It was not asked to switch: a dry run, or nothing to change anywhere.</summary>
    NotAsked,

    /// <summary>It is in force there.</summary>
    Confirmed,

    /// <summary>It has said nothing within 5 s; it comes after when it can.</summary>
    Silent,

    /// <summary>It could not any more.</summary>
    Refused,
}
