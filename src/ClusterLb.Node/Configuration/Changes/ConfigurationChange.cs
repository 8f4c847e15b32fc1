namespace ClusterLb.Node.Configuration.Changes;

internal enum ChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>One thing that differs between two configurations, in an operator's words.</summary>
/// <param name="Key">Such as <c>pools.app.backends.a3</c>.</param>
/// <param name="From">The value before; empty where there was none, or nobody is shown it.</param>
/// <param name="To">The value after, or what stands for a whole block; empty likewise.</param>
internal sealed record ConfigurationChange(string Key, ChangeKind Kind, string From = "", string To = "")
{
    /// <summary>One line.</summary>
    public override string ToString() => Kind switch
    {
        ChangeKind.Added => To.Length == 0 ? $"{Key} added" : $"{Key} added: {To}",
        ChangeKind.Removed => $"{Key} removed",
        _ => (From, To) is ("", "") ? $"{Key} changed" : $"{Key}: {From} -> {To}",
    };
}
