using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// Puts the content of one message on the wire, in its receiver's form and within its receiver's time. The head waits for the first piece
/// and goes out with it. Used on its loop.
/// </summary>
internal interface IBodyWriter
{
    /// <summary>The head was written and did not go out yet.</summary>
    bool HoldsHead { get; }

    /// <summary>Content goes out as it stands; false where something is put round it.</summary>
    bool IsPlain { get; }

    /// <summary>Bytes that a piece needs before its content, in its own buffer.</summary>
    int RoomBefore { get; }

    /// <summary>Bytes that a piece needs behind its content.</summary>
    int RoomBehind { get; }

    /// <summary>The socket that plain content goes to; null = it does not.</summary>
    Connection? Socket { get; }

    /// <summary>Of this message: head, content and what is put round it.</summary>
    long BytesWritten { get; }

    /// <summary>Sends a piece, which may be empty. <see cref="IoResult.Ready"/>, or why not.</summary>
    LoopTask<int> WriteAsync(in BodyPiece piece);

    /// <summary>Sends what a pipe holds, to the socket. <see cref="IoResult.Ready"/>, or why not.</summary>
    LoopTask<int> DrainAsync(Pipe pipe);
}
