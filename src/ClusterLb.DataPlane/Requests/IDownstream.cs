using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// The client's side of one request: a connection of HTTP/1.1 between two of its requests, later a stream of HTTP/2. It reads the request
/// into its model and writes the response from its model, each in the form of its version. Used on its loop.
/// </summary>
internal interface IDownstream : IClient
{
    /// <summary>Its head, once that is read.</summary>
    Request Request { get; }

    /// <summary>For the log; also of a head that was refused, or kept for nothing else.</summary>
    /// <param name="trustsClient">What the head says of those before the client is believed.</param>
    Asked AskedBy(bool trustsClient);

    /// <summary>Bytes of the request's head.</summary>
    long HeadBytes { get; }

    /// <summary>Bytes of the response's head, once it is written, be it ours or a backend's.</summary>
    long ResponseHeadBytes { get; }

    /// <summary>The request's content.</summary>
    IBodyReader Content { get; }

    /// <summary>Where the response's content goes.</summary>
    IBodyWriter Writer { get; }

    /// <summary>It reset, or its connection is closed: nobody waits for the answer.</summary>
    bool IsGone { get; }

    /// <summary>Passes a 1xx on. <see cref="IoResult.Ready"/>, also where it was left out for want of room, or why not.</summary>
    LoopTask<int> SendInterimAsync(Response response);

    /// <summary>Writes the head of the response, which goes out with the first piece of its content.</summary>
    /// <returns>False when it is too large: then nothing of it goes out.</returns>
    bool TryBegin(Response response, in ResponseEdits edits);

    /// <summary>Sends an answer that no backend gave: its bytes, or why not, a code of <see cref="IoResult"/>.</summary>
    /// <param name="isLast">No other request is served behind it.</param>
    LoopTask<int> AnswerAsync(int status, bool isLast);

    /// <summary>
    /// The response is over. Always true; the client's connection carries on, or what it still sends is let run out.
    /// </summary>
    /// <param name="isWhole">All of it was sent.</param>
    LoopTask<bool> FinishAsync(bool isWhole);

    /// <summary>Shows the client that the response it has begun to get is not whole.</summary>
    void CutShort();

    /// <summary>Ends at once what the client got half of, where nothing well-formed can follow.</summary>
    void Abort();

    /// <summary>The response was a 101: what was received and not read, which is the other protocol's.</summary>
    Memory<byte> Unread { get; }

    /// <summary>Gives its buffers back and leaves the connection to the other protocol.</summary>
    Connection Switch();
}
