using System.Text;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>
/// Writes down what it is given: the head as <c>H</c>, what stands round a piece as brackets, the last one with a full stop.
/// </summary>
internal sealed class FakeBodyWriter(bool isPlain) : IBodyWriter
{
    public List<string> Sent { get; } = [];

    /// <summary>How the next write ends.</summary>
    public int Result { get; set; } = IoResult.Ready;

    public bool HoldsHead { get; set; } = true;

    public bool IsPlain => isPlain;

    public int RoomBefore => isPlain ? 0 : 1;

    public int RoomBehind => isPlain ? 0 : 1;

    public Connection? Socket => null;

    public long BytesWritten => Sent.Sum(sent => sent.Length);

    public LoopTask<int> WriteAsync(in BodyPiece piece)
    {
        var content = Encoding.ASCII.GetString(piece.Buffer.Span.Slice(piece.Start, piece.Length));
        if (!isPlain)
        {
            // The room is really there.
            piece.Buffer.Span[piece.Start - 1] = (byte)'[';
            piece.Buffer.Span[piece.Start + piece.Length] = (byte)']';
            content = Encoding.ASCII.GetString(piece.Buffer.Span.Slice(piece.Start - 1, piece.Length + 2));
        }

        Sent.Add((HoldsHead ? "H" : "") + content + (piece.IsLast ? "." : ""));
        HoldsHead = false;
        return new LoopTask<int>(Result);
    }

    public LoopTask<int> DrainAsync(Pipe pipe) => throw new NotSupportedException();
}
