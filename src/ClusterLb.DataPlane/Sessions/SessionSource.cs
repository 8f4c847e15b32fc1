namespace ClusterLb.DataPlane.Sessions;

/// <summary>Who knew where a request's session is.</summary>
public enum SessionSource
{
    /// <summary>Nobody had to: it began with this request.</summary>
    New,

    /// <summary>The client, by our cookie.</summary>
    Cookie,

    /// <summary>This node.</summary>
    Local,

    /// <summary>The store or the session's actor.</summary>
    Directory,

    /// <summary>The hash: nobody was told otherwise, or could say so in time.</summary>
    Hash,
}
