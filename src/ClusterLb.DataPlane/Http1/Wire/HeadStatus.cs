namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>What is known of a message head so far.</summary>
internal enum HeadStatus
{
    /// <summary>Call again with the same bytes and more.</summary>
    Incomplete,
    Complete,

    /// <summary>Answer with the refusal and close: where the next message would begin is unknown.</summary>
    Refused,
}
