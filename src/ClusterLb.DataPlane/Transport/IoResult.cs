namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// What a transfer returned when it is not a count of bytes: negative, so that one integer carries both without a branch on the good path.
/// </summary>
internal static class IoResult
{
    /// <summary>The peer closed its sending side in order.</summary>
    public const int EndOfStream = 0;

    /// <summary>The deadline passed.</summary>
    public const int TimedOut = -1;

    /// <summary>The peer reset the connection, or the network lost it.</summary>
    public const int Reset = -2;

    /// <summary>This side closed the connection while the transfer waited.</summary>
    public const int Closed = -3;

    /// <summary>Nothing there yet; only from the calls that never wait.</summary>
    public const int WouldBlock = -4;

    /// <summary>Nobody listens there.</summary>
    public const int Refused = -5;

    /// <summary>No route.</summary>
    public const int Unreachable = -6;

    /// <summary>This node ran out of descriptors, ports or kernel memory.</summary>
    public const int Exhausted = -7;

    /// <summary>Of waits that transfer nothing themselves.</summary>
    public const int Ready = 1;
}
