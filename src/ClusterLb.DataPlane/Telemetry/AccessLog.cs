using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>One loop's access log: puts lines into blocks and hands full or old ones to the sink. Used on its loop.</summary>
internal sealed class AccessLog : LoopTimer, IDisposable
{
    private const int FlushMilliseconds = 200;

    private readonly EventLoop _loop;
    private readonly AccessLogSink _sink;
    private readonly AccessLine _line;
    private readonly string _node;
    private readonly TimeProvider _time;
    private byte[] _block;
    private int _length;
    private int _lines;

    public AccessLog(EventLoop loop, AccessLogSink sink, AccessLogConfig config, string node, TimeProvider time)
    {
        (_loop, _sink, _line, _node, _time) = (loop, sink, AccessFields.LineOf(config), node, time);
        _block = sink.Rent();
    }

    /// <summary>The head of a request must be kept until it is logged.</summary>
    public bool ReadsHead => _line.ReadsHead;

    /// <param name="record">What is known of the work.</param>
    /// <param name="listener">Its listener's name.</param>
    /// <param name="peer">Who is at the other end of the client's connection.</param>
    /// <param name="asked">Nothing for TCP.</param>
    public void Write(RequestRecord record, string listener, PeerAddress peer, in Asked asked)
    {
        var line = _line.Of(new AccessEntry(record, _node, listener, peer, asked, _time.GetUtcNow()));
        // Nobody can write so much; if somebody could, half a line would be better than a loop that ends.
        if (line.Length >= _block.Length) line = line[..(_block.Length - 1)];
        if (_length + line.Length + 1 > _block.Length) Flush();
        line.CopyTo(_block.AsSpan(_length));
        _length += line.Length;
        _block[_length++] = (byte)'\n';
        _lines++;
        _loop.Timers.EnsureBy(this, _loop.Now + FlushMilliseconds);
    }

    protected internal override void Fire(long nowMilliseconds) => Flush();

    public void Dispose() => Flush();

    private void Flush()
    {
        if (_length == 0) return;
        if (_sink.TryHand(_block, _length, _lines)) _block = _sink.Rent();
        (_length, _lines) = (0, 0);
    }
}
