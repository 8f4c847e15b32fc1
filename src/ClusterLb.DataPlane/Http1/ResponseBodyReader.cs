using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>Takes a response's content off its backend's connection, and notices what nobody asked for.</summary>
internal sealed class ResponseBodyReader(ReceiveBuffer buffer) : BodyReader(buffer)
{
    // Received into a buffer, to see whether anything follows.
    private const int ReadEnd = 4 * 1024;

    private bool _hasReadOver;

    /// <summary>The backend sent more than its response: its connection is not used again.</summary>
    public bool HasSurplus => _hasReadOver || Buffer.Length > 0;

    public override long Spliceable => Kind == BodyKind.Length && Buffer.Length == 0 ? Math.Max(Left - ReadEnd, 0) : 0;

    public override void Begin(Connection from, BodyFraming body)
    {
        base.Begin(from, body);
        _hasReadOver = false;
    }

    /// <summary>Room for more than is due: only a short read says that nothing follows.</summary>
    protected override int ReceivePlain(Span<byte> room)
    {
        var received = From.TryReceive(room);
        if (received <= Left) return received;
        _hasReadOver = true;
        return (int)Left;
    }

    /// <summary>What was not received with the head loses its framing where it is.</summary>
    protected override MessageEnd ReadChunks(Span<byte> room, out int count)
    {
        if (Buffer.Length > 0) return DecodeBuffered(room, out count);
        count = 0;
        var received = From.TryReceive(room);
        if (received <= 0) return EndOf(received);
        var end = Decode(room[..received], room[..received], out var consumed, out count);
        _hasReadOver = consumed < received;
        return end;
    }
}
