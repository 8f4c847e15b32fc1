namespace ClusterLb.Faults.Ledger;

/// <summary>How a request failed, as its client sees it.</summary>
[Flags]
internal enum Failure
{
    None = 0,

    /// <summary>No address took a connection: nothing was sent.</summary>
    Unreachable = 1,

    /// <summary>The connection ended before a byte of an answer.</summary>
    Broken = 2,

    /// <summary>The connection ended within an answer.</summary>
    Truncated = 4,

    /// <summary>No answer within the client's patience.</summary>
    TimedOut = 8,

    BadGateway = 16,

    Unavailable = 32,

    GatewayTimeout = 64,

    /// <summary>Another status, or what is no answer of the protocol.</summary>
    Odd = 128,

    /// <summary>A connection that no answer came by.</summary>
    NoAnswer = Unreachable | Broken | TimedOut,

    /// <summary>A node answered that it had none.</summary>
    Refusal = BadGateway | Unavailable | GatewayTimeout,
}
