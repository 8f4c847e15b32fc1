namespace ClusterLb.Core.Configuration;

/// <summary>What one kind of check asks, as an operator wrote it. A kind that has options derives from it, beside its probe.</summary>
/// <param name="Type">As in <c>health.type</c>.</param>
/// <param name="TellsFrozen">
/// A process that is frozen fails the check. It still takes connections: a TCP check proves no more than that there is a machine.
/// </param>
public record ProbeOptions(string Type, bool TellsFrozen);
