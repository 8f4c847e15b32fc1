using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Upstream;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// The backend's side of one try of a request: a connection of HTTP/1.1, later a stream of HTTP/2. It writes the request from its model and
/// reads the response into its model. One per exchange, used again for each try. Used on its loop.
/// </summary>
internal interface IUpstream
{
    /// <summary>Not a response; beside the codes of <see cref="IoResult"/>.</summary>
    const int ProtocolError = -100;

    /// <summary>A head beyond our bounds; beside the codes of <see cref="IoResult"/>.</summary>
    const int HeadTooLarge = -101;

    /// <summary>The head that was read last.</summary>
    Response Response { get; }

    /// <summary>Bytes of the heads read so far.</summary>
    long HeadBytes { get; }

    /// <summary>A byte of a response has come: the request must not be repeated.</summary>
    bool HasBegun { get; }

    /// <summary>Its connection had carried a request before, and may have been closed behind our back.</summary>
    bool IsReused { get; }

    /// <summary>The response's content.</summary>
    IBodyReader Content { get; }

    /// <summary>Where the request's content goes.</summary>
    IBodyWriter Writer { get; }

    /// <summary>Takes an idle connection or makes one. <see cref="IoResult.Ready"/>, or why there is none.</summary>
    /// <param name="mayReuse">An idle one will do.</param>
    /// <param name="mayRepeat">Should it turn out closed, nothing is lost.</param>
    LoopTask<int> OpenAsync(LoopPool pool, Backend backend, bool mayReuse, bool mayRepeat);

    /// <summary>Writes the request's head, which goes out with the first piece of its content.</summary>
    /// <param name="upgrade">The protocol among the client's offers to pass on, as we spell it; empty = none.</param>
    /// <returns>False when it is too large: then nothing of it goes out.</returns>
    bool TryBegin(Request request, Forwarding forwarding, byte[] upgrade);

    /// <summary>Until when the next head is waited for, monotonic milliseconds; holds for a wait under way.</summary>
    void AnswerBy(long deadline);

    /// <summary>
    /// Reads the next head, interim or final, in place of the last one. <see cref="IoResult.Ready"/>, <see cref="ProtocolError"/>,
    /// <see cref="HeadTooLarge"/>, or why nothing came.
    /// </summary>
    LoopTask<int> ReadHeadAsync(HttpMethod method);

    /// <summary>Ends what is under way; nothing more is sent or received.</summary>
    void Abort();

    /// <summary>The same, but the backend may finish what it reads.</summary>
    void Leave();

    /// <summary>Closes the way.</summary>
    void Close();

    /// <summary>The try is over. The way is kept for another request where that may be, or closed; buffers go back.</summary>
    /// <param name="isClean">Request and response are whole, and nothing ties the connection to the client.</param>
    void End(bool isClean);

    /// <summary>The response was a 101: what was received and not read, which is the other protocol's.</summary>
    Memory<byte> Unread { get; }

    /// <summary>Gives its buffers back and leaves the connection to the other protocol.</summary>
    Connection Switch();
}
