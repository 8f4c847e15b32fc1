namespace ClusterLb.DataPlane.Http.Wire;

internal enum HeadStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,
    Complete,

    /// <summary>It is not what it should be; nothing after it can be trusted.</summary>
    Refused,
}
