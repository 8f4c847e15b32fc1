using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>What became of a message on its way through: of a request to its backend, or of a response to its client.</summary>
internal enum MessageEnd
{
    /// <summary>Nothing of it went out.</summary>
    NotStarted,

    /// <summary>Nothing of it went out: what we add to its head leaves no room for it.</summary>
    HeadTooLarge,

    /// <summary>More is to come.</summary>
    More,

    /// <summary>It went out whole, or as much of it as its receiver wanted.</summary>
    Complete,

    /// <summary>Its sender closed or reset before its end.</summary>
    SenderGone,
    SenderTimedOut,

    /// <summary>Its sender broke the framing of its body.</summary>
    Malformed,

    /// <summary>Its body is longer than the listener allows.</summary>
    TooLarge,

    /// <summary>Its receiver takes no more: it closed or reset.</summary>
    ReceiverGone,
    ReceiverTimedOut,

    /// <summary>Nobody wants the rest.</summary>
    Cancelled,

    /// <summary>A response: its backend's drain ended before it did.</summary>
    Cut,
}

internal static class MessageEnds
{
    /// <param name="ready">Of a wait for the sender: <see cref="IoResult.Ready"/>, or why not.</param>
    public static MessageEnd OfSender(int ready) => ready switch
    {
        IoResult.Ready => MessageEnd.More,
        IoResult.TimedOut => MessageEnd.SenderTimedOut,
        _ => MessageEnd.SenderGone,
    };

    /// <param name="sent">What came of giving bytes to the receiver: <see cref="IoResult.Ready"/>, or why not.</param>
    public static MessageEnd OfReceiver(int sent) => sent switch
    {
        IoResult.Ready => MessageEnd.Complete,
        IoResult.TimedOut => MessageEnd.ReceiverTimedOut,
        _ => MessageEnd.ReceiverGone,
    };
}
