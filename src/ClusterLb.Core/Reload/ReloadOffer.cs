using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Reload;

/// <summary>What a node has read in its own files, and has got everything for; or why it cannot follow them.</summary>
/// <param name="Fingerprint">Of what it would switch to; empty when it cannot.</param>
/// <param name="Changes">What would change there, one line each; none = it is what it has.</param>
/// <param name="Warnings">What of it cannot work as it is meant, one line each.</param>
/// <param name="Problems">Why it cannot, one line each; none when it can.</param>
public sealed record ReloadOffer(
    string Fingerprint, EquatableList<string> Changes, EquatableList<string> Warnings, EquatableList<string> Problems)
{
    /// <summary>Where the node is now.</summary>
    public long Epoch { get; init; }

    /// <summary>All that is to be the same, where another fingerprint was expected; none otherwise, or when it is too much.</summary>
    public EquatableList<SharedKey> Keys { get; init; } = [];

    public static ReloadOffer Refused(params IEnumerable<string> problems) => new("", [], [], problems.ToEquatableList());
}
