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

internal static class SessionSources
{
    private static readonly string[] s_decisions = ["session-new", "session-cookie", "session-local", "session-directory", "session-hash"];

    /// <summary>For the access log.</summary>
    public static string Decision(this SessionSource source) => s_decisions[(int)source];
}
