namespace ClusterLb.Core.Outcomes;

/// <summary>Whose fault it was.</summary>
public enum Side
{
    None,
    Downstream,
    Upstream,
    Internal,
}

/// <summary>How far the work had come.</summary>
public enum Stage
{
    Queue,
    Connect,
    SendRequest,
    ResponseHead,
    ResponseBody,
    Tunnel,
    Complete,
}

public enum OutcomeKind
{
    Success,
    Refused,
    Unreachable,
    Reset,

    /// <summary>An orderly close where more was due.</summary>
    Closed,
    TimedOut,

    /// <summary>Bytes that are not the protocol.</summary>
    Protocol,

    /// <summary>A status that the pool counts as a failure.</summary>
    BadStatus,

    /// <summary>A response head beyond our own bounds, as a client's long target may make it: says nothing about the backend.</summary>
    HeadTooLarge,

    /// <summary>This node had no descriptor, port or memory for it: says nothing about the backend.</summary>
    Exhausted,

    /// <summary>The other side of the proxy left first: says nothing about the backend.</summary>
    Cancelled,

    /// <summary>An operator's drain ended it at its deadline: says nothing about anybody.</summary>
    Cut,
}

/// <summary>What may be repeated elsewhere. Whoever raises the outcome decides; the proxy loop only obeys.</summary>
public enum Retryability
{
    /// <summary>A response byte arrived, or it makes no sense.</summary>
    Never,

    /// <summary>Something was written: only idempotent requests whose body is still wholly held.</summary>
    IfIdempotent,

    /// <summary>Not one byte was written.</summary>
    Always,
}

/// <summary>What a real request or connection taught us, as a value.</summary>
public readonly record struct Outcome(Side Side, Stage Stage, OutcomeKind Kind, Retryability Retry)
{
    public static Outcome Success => new(Side.None, Stage.Complete, OutcomeKind.Success, Retryability.Never);

    /// <summary>A connection to the backend is made; how it ends is told later.</summary>
    public static Outcome Connected => new(Side.None, Stage.Connect, OutcomeKind.Success, Retryability.Never);

    public bool IsSuccess => Kind == OutcomeKind.Success;

    /// <summary>No connection could be made, and nobody had called it off.</summary>
    public bool IsFailedConnect => Stage == Stage.Connect && Kind is not (OutcomeKind.Success or OutcomeKind.Cancelled or OutcomeKind.Cut);
}
