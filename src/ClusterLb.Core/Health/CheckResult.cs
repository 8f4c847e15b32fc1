namespace ClusterLb.Core.Health;

/// <summary>What one probe found.</summary>
/// <param name="Passed">The backend is as it should be.</param>
/// <param name="Reason">In a few words, e.g. <c>status 200</c>, <c>connect refused</c>, <c>timed out after 2s</c>.</param>
public readonly record struct CheckResult(bool Passed, string Reason);
