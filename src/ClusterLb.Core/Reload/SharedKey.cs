namespace ClusterLb.Core.Reload;

/// <summary>One key that all nodes must have the same, and what a node has there.</summary>
/// <param name="Key">Such as <c>pools.app.balance</c>.</param>
/// <param name="Value">As an operator would write it; empty where nobody is shown it.</param>
public sealed record SharedKey(string Key, string Value);
