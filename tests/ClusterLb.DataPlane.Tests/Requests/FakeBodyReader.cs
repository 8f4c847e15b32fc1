using System.Text;
using ClusterLb.DataPlane.Requests;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Requests;

/// <summary>Content in pieces that come one by one, each when it is waited for.</summary>
internal sealed class FakeBodyReader : IBodyReader
{
    private readonly Queue<object> _coming = new();
    private byte[] _there = [];
    private byte[] _arrived = [];
    private long _left;

    /// <param name="length">Of the whole content; -1 = nobody knows.</param>
    /// <param name="atHand">What came with the head.</param>
    /// <param name="coming">
    /// A text: it comes with the next wait. An <see cref="IoResult"/>: so the wait ends. A <see cref="MessageEnd"/>: so the read ends.
    /// </param>
    public FakeBodyReader(long length, string atHand, params object[] coming)
    {
        (_left, IsPlain) = (length < 0 ? long.MaxValue : length, length >= 0);
        _there = Encoding.ASCII.GetBytes(atHand);
        foreach (var next in coming) _coming.Enqueue(next);
    }

    /// <summary>Bytes that may be gathered to those at hand.</summary>
    public int Room { get; set; } = int.MaxValue;

    public int Waits { get; private set; }

    public bool IsCancelled { get; private set; }

    public MessageEnd End { get; private set; } = MessageEnd.More;

    public bool HasBegun => _there.Length + _arrived.Length > 0;

    public bool IsComplete => _left == 0 || End == MessageEnd.Complete;

    public long Left => _left;

    public bool IsPlain { get; }

    public Memory<byte> AtHand => IsPlain ? _there.AsMemory(0, (int)Math.Min(_there.Length, _left)) : default;

    public bool HasRoom => _there.Length < Room;

    public bool MayReceive => false;

    public ReadOnlyMemory<byte> Trailers => default;

    public Connection? Socket => null;

    public long Spliceable => 0;

    public void Take(long count)
    {
        _there = _there[(int)count..];
        if (IsPlain) _left -= count;
    }

    public MessageEnd Read(Span<byte> room, out int count)
    {
        Arrive();
        count = (int)Math.Min(Math.Min(room.Length, _there.Length), _left);
        _there.AsSpan(0, count).CopyTo(room);
        Take(count);
        if (End is MessageEnd.SenderGone or MessageEnd.Malformed) return End;
        return IsComplete && _there.Length == 0 ? MessageEnd.Complete : MessageEnd.More;
    }

    public MessageEnd Gather(out int count)
    {
        count = _arrived.Length;
        Arrive();
        return End == MessageEnd.More ? MessageEnd.More : End;
    }

    public LoopTask<int> WaitAsync(long deadline)
    {
        Waits++;
        if (_arrived.Length > 0) return new LoopTask<int>(IoResult.Ready);
        if (IsCancelled || !_coming.TryDequeue(out var next)) return new LoopTask<int>(IoResult.Closed);
        if (next is int ended) return new LoopTask<int>(ended);
        if (next is MessageEnd end) End = end;
        if (next is string text) _arrived = [.. _arrived, .. Encoding.ASCII.GetBytes(text)];
        return new LoopTask<int>(IoResult.Ready);
    }

    private void Arrive() => (_there, _arrived) = ([.. _there, .. _arrived], []);

    public void WaitBy(long deadline)
    {
    }

    public void Cancel() => IsCancelled = true;
}
