namespace ClusterLb.Node.Reload;

/// <summary>A report, or why nothing was changed.</summary>
/// <param name="Report">Null when it was refused.</param>
/// <param name="Problems">One line each, as <c>check</c> prints them; empty when it was not.</param>
internal sealed record ReloadResult(ReloadReport? Report, IReadOnlyList<string> Problems);
