using System.Net;

namespace ClusterLb.Core.Health;

/// <summary>How checks reach backends: one question and its answer over a connection of their own.</summary>
public interface IProbeTransport
{
    /// <summary>
    /// Connects, sends the question, and receives until <paramref name="answer"/> has what it wants; what follows is read, too, within the
    /// timeout, and means nothing. Any thread; never throws.
    /// </summary>
    /// <param name="question">Empty = nothing is sent.</param>
    /// <param name="answer">Null = being connected is the answer. Called where the transport lives; must not block.</param>
    /// <param name="timeout">For all of it.</param>
    /// <returns>Completes where the transport lives: what follows must not block either.</returns>
    Task<ProbeReply> AskAsync(IPEndPoint endPoint, ReadOnlyMemory<byte> question, AnswerReader? answer, TimeSpan timeout);
}

/// <summary>Reads what a backend has sent so far.</summary>
/// <returns>What it says; null while more is needed.</returns>
public delegate int? AnswerReader(ReadOnlySpan<byte> received);

/// <param name="End">How it ended.</param>
/// <param name="Answer">What the reader made of it; meaningful when answered.</param>
public readonly record struct ProbeReply(ProbeEnd End, int Answer = 0);

/// <summary>How a probe can end.</summary>
public enum ProbeEnd
{
    /// <summary>The reader had what it wanted, or a connection was all that was wanted.</summary>
    Answered,

    /// <summary>The backend closed before the answer was whole, or its answer went on for ever.</summary>
    NoAnswer,

    Refused,

    Unreachable,

    Reset,

    TimedOut,

    /// <summary>This node had no descriptor or port for it: says nothing of the backend.</summary>
    NotAsked,
}
