using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>
/// Passes the content of one message on as fast as the slower side goes, a buffer held only while there is something in it. Where content
/// is the same bytes on both sides, it is not brought here at all.
/// </summary>
internal sealed class BodyPump(EventLoop loop)
{
    // One fast stream must not keep the loop's other connections waiting.
    private const int TransfersPerTurn = 16;

    private IBodyReader _from = null!;
    private IBodyWriter _to = null!;
    private IBodyLimits _limits = null!;
    private bool _isSlow;

    /// <summary>Passes all that follows the head, and with the first of it the head, if that still waits.</summary>
    public async LoopTask<MessageEnd> RunAsync(IBodyReader from, IBodyWriter to, IBodyLimits limits)
    {
        (_from, _to, _limits, _isSlow) = (from, to, limits, false);
        var end = await (from.IsPlain && to.IsPlain ? PassAtHandAsync() : CopyAsync());
        while (end == MessageEnd.More)
        {
            end = await limits.WaitAsync();
            if (end != MessageEnd.More) return end;
            end = await (RentPipe() is { } pipe ? SpliceAsync(pipe) : CopyAsync());
        }

        return end;
    }

    /// <summary>What came with the head is sent from where it is.</summary>
    private async LoopTask<MessageEnd> PassAtHandAsync()
    {
        var piece = _from.AtHand;
        if (Take(piece.Length) == MessageEnd.TooLarge) return MessageEnd.TooLarge;
        var isLast = _from.IsComplete;
        var sent = await _to.WriteAsync(BodyPiece.Bare(piece, isLast));
        return isLast || sent != IoResult.Ready ? MessageEnds.OfReceiver(sent) : MessageEnd.More;
    }

    private async LoopTask<MessageEnd> CopyAsync()
    {
        var buffer = loop.BodyBuffers.Rent();
        try
        {
            var (start, length) = (_to.RoomBefore, buffer.Length - _to.RoomBefore - _to.RoomBehind);
            for (var transfers = 0; transfers < TransfersPerTurn; transfers++)
            {
                var end = _from.Read(buffer.AsSpan(start, length), out var count);
                // The head was well, whatever becomes of the rest; only content that is malformed at once takes it back.
                if (end == MessageEnd.SenderGone && _to.HoldsHead) await _to.WriteAsync(BodyPiece.Empty);
                if (end is not (MessageEnd.More or MessageEnd.Complete)) return end;
                if (count == 0 && end == MessageEnd.More && !_to.HoldsHead) return MessageEnd.More;
                if (_limits.Took(count) == MessageEnd.TooLarge) return MessageEnd.TooLarge;
                var began = loop.Now;
                var sent = await _to.WriteAsync(new BodyPiece(buffer, start, count, end == MessageEnd.Complete, _from.Trailers));
                if (sent != IoResult.Ready) return MessageEnds.OfReceiver(sent);
                if (end == MessageEnd.Complete) return MessageEnd.Complete;
                if (count == length) _isSlow = loop.Now - began >= Pipe.SlowMilliseconds;
            }

            return MessageEnd.More;
        }
        finally
        {
            loop.BodyBuffers.Return(buffer);
        }
    }

    private Pipe? RentPipe() =>
        !_isSlow && _from.Spliceable >= Pipe.WorthFrom && _from.Socket is { } from && _to.Socket is { } to ? Pipe.Between(from, to) : null;

    private async LoopTask<MessageEnd> SpliceAsync(Pipe pipe)
    {
        try
        {
            for (var transfers = 0; _from.Spliceable > 0 && transfers < TransfersPerTurn && !_isSlow; transfers++)
            {
                var began = loop.Now;
                var filled = pipe.Fill(_from.Socket!, _from.Spliceable);
                if (filled == IoResult.WouldBlock) break;
                if (filled <= 0) return MessageEnd.SenderGone;
                if (Take(filled) == MessageEnd.TooLarge) return MessageEnd.TooLarge;
                var drained = await _to.DrainAsync(pipe);
                if (drained != IoResult.Ready) return MessageEnds.OfReceiver(drained);
                _isSlow = loop.Now - began >= Pipe.SlowMilliseconds;
            }

            return _from.IsComplete ? MessageEnd.Complete : MessageEnd.More;
        }
        finally
        {
            loop.ReturnPipe(pipe);
        }
    }

    private MessageEnd Take(long count)
    {
        _from.Take(count);
        return _limits.Took(count);
    }
}
