using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>A node is to read its files and get everything ready. Answered with <see cref="ReloadOffered"/>.</summary>
/// <param name="Id">Of the reload, chosen at random.</param>
/// <param name="Coordinator">The name of the node that asks.</param>
/// <param name="IsDryRun">It is only to read them.</param>
/// <param name="Expected">The fingerprint that it should come to; empty = none is known yet.</param>
internal sealed record PrepareReload(ulong Id, string Coordinator, bool IsDryRun, string Expected) : IClusterMessage;

/// <param name="Node">Its name.</param>
internal sealed record ReloadOffered(ulong Id, string Node, ReloadOffer Offer) : IClusterMessage;

/// <summary>All have offered the same: put it into force. Answered with <see cref="ReloadSwitched"/>.</summary>
internal sealed record SwitchReload(ulong Id, ReloadEpoch Epoch) : IClusterMessage;

/// <summary>Somebody refused: let it be.</summary>
internal sealed record AbandonReload(ulong Id) : IClusterMessage;

/// <param name="Node">Its name.</param>
/// <param name="Refusal">Why it has not; empty when it has.</param>
internal sealed record ReloadSwitched(ulong Id, string Node, string Refusal) : IClusterMessage;
