using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Http1;

/// <summary>Takes a request's content off its client's connection; what follows it there is the next request and stays there.</summary>
internal sealed class RequestBodyReader(ReceiveBuffer buffer) : BodyReader(buffer)
{
    private int _begin;

    public override long Spliceable => Kind == BodyKind.Length && Buffer.Length == 0 ? Left : 0;

    public override void Begin(Connection from, BodyFraming body)
    {
        base.Begin(from, body);
        _begin = Buffer.Start;
    }

    protected override int ReceivePlain(Span<byte> room) => From.TryReceive(room[..(int)Math.Min(room.Length, Left)]);

    protected override MessageEnd ReadChunks(Span<byte> room, out int count)
    {
        if (Buffer.Length > 0) return DecodeBuffered(room, out count);
        count = 0;
        Buffer.Reuse(_begin);
        // No more than there is room for: what is left over here nobody would wait for.
        var received = Buffer.Receive(From, room.Length);
        return received > 0 ? DecodeBuffered(room, out count) : EndOf(received);
    }
}
