using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// Takes the content of one message off the wire, as its reader wants it. It knows how the content is delimited, and nothing of clocks or
/// limits: those are <see cref="IBodyLimits"/>. Used on its loop.
/// </summary>
internal interface IBodyReader
{
    /// <summary>Some of it was received, taken or not.</summary>
    bool HasBegun { get; }

    /// <summary>Every byte of it was taken.</summary>
    bool IsComplete { get; }

    /// <summary>Bytes not taken yet; <see cref="long.MaxValue"/> = nobody knows.</summary>
    long Left { get; }

    /// <summary>What comes is content as it stands; false where something must be taken off first.</summary>
    bool IsPlain { get; }

    /// <summary>Plain content that was received and not taken yet.</summary>
    Memory<byte> AtHand { get; }

    /// <summary>More may be gathered to what is at hand.</summary>
    bool HasRoom { get; }

    /// <summary>Reading is worth a call.</summary>
    bool MayReceive { get; }

    /// <summary>After the end: the fields behind it that may pass, as lines of ours; empty when there are none.</summary>
    ReadOnlyMemory<byte> Trailers { get; }

    /// <summary>The socket that plain content comes from; null = it does not.</summary>
    Connection? Socket { get; }

    /// <summary>How many of the next bytes may be taken from the socket without being read here.</summary>
    long Spliceable { get; }

    /// <summary>So many bytes were taken: of those at hand, else from the socket.</summary>
    void Take(long count);

    /// <summary>Takes what is there now. <see cref="MessageEnd.More"/> with a count of 0: nothing is.</summary>
    /// <returns>
    /// <see cref="MessageEnd.More"/>, <see cref="MessageEnd.Complete"/>, <see cref="MessageEnd.SenderGone"/> or
    /// <see cref="MessageEnd.Malformed"/>.
    /// </returns>
    MessageEnd Read(Span<byte> room, out int count);

    /// <summary>Receives more of what is plain to what is at hand; returns as <see cref="Read"/> does.</summary>
    MessageEnd Gather(out int count);

    /// <summary>Waits, without a buffer, until there may be more. <see cref="IoResult.Ready"/>, or why not.</summary>
    /// <param name="deadline">Monotonic milliseconds of the loop.</param>
    LoopTask<int> WaitAsync(long deadline);

    /// <summary>Gives the wait under way, if there is one, another deadline.</summary>
    void WaitBy(long deadline);

    /// <summary>Ends the wait under way, if there is one, with <see cref="IoResult.Closed"/>.</summary>
    void Cancel();
}
