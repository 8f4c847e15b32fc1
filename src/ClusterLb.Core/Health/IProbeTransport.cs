using System.Net;

namespace ClusterLb.Core.Health;

/// <summary>How checks reach backends: one conversation over a connection of its own.</summary>
public interface IProbeTransport
{
    /// <summary>
    /// Connects, and moves what <paramref name="talk"/> says and hears until it has a result. Any thread; never throws.
    /// </summary>
    /// <param name="talk">Null = being connected is all that is asked.</param>
    /// <param name="timeout">For all of it, the end of the connection included.</param>
    /// <returns>Completes where the transport lives: what follows must not block.</returns>
    Task<ProbeReply> AskAsync(IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout);
}

/// <param name="End">How it ended.</param>
/// <param name="Result">Of the talk; meaningful when answered.</param>
public readonly record struct ProbeReply(ProbeEnd End, CheckResult Result = default);

/// <summary>How a probe can end.</summary>
public enum ProbeEnd
{
    /// <summary>The talk had a result, or a connection was all that was wanted.</summary>
    Answered,

    /// <summary>The backend closed before the answer was whole.</summary>
    NoAnswer,

    /// <summary>More came than any answer has.</summary>
    Endless,

    Refused,

    Unreachable,

    Reset,

    TimedOut,

    /// <summary>This node had no descriptor or port for it: says nothing of the backend.</summary>
    NotAsked,
}
