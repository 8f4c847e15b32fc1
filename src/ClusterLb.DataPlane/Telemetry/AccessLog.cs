using System.Buffers;
using System.Text;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>One loop's access log: formats lines into blocks and hands full or old ones to the sink. Used on its loop.</summary>
internal sealed class AccessLog : LoopTimer, IDisposable
{
    private const int FlushMilliseconds = 200;

    private static readonly byte[] s_unknown = "-"u8.ToArray();

    private readonly EventLoop _loop;
    private readonly AccessLogSink _sink;
    private readonly AccessLogFormat _format;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly Utf8JsonWriter _json;
    private byte[] _block;
    private int _length;

    public AccessLog(EventLoop loop, AccessLogSink sink, AccessLogFormat format, string node, TimeProvider time)
    {
        (_loop, _sink, _format, _node, _time) = (loop, sink, format, node, time);
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { SkipValidation = true });
        _block = sink.Rent();
    }

    /// <param name="record">What is known of the work.</param>
    /// <param name="listener">Its listener's name.</param>
    /// <param name="client">Who asked.</param>
    /// <param name="method">Empty for TCP, and for a request that was not understood.</param>
    /// <param name="target">Likewise.</param>
    public void Write(RequestRecord record, string listener, PeerAddress client, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        _line.ResetWrittenCount();
        if (_format == AccessLogFormat.Json) FormatJson(record, listener, client, method, target);
        else FormatText(record, listener, client, method, target);
        var line = _line.WrittenSpan;
        if (_length + line.Length + 1 > _block.Length) Flush();
        // A head is smaller than a block, but escaping can make it longer.
        if (line.Length + 1 > _block.Length) return;
        line.CopyTo(_block.AsSpan(_length));
        _length += line.Length;
        _block[_length++] = (byte)'\n';
        _loop.Timers.EnsureBy(this, _loop.Now + FlushMilliseconds);
    }

    protected internal override void Fire(long nowMilliseconds) => Flush();

    public void Dispose()
    {
        Flush();
        _json.Dispose();
    }

    private void Flush()
    {
        if (_length == 0) return;
        _sink.Hand(_block, _length);
        _block = _sink.Rent();
        _length = 0;
    }

    private void FormatJson(RequestRecord record, string listener, PeerAddress client, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        Span<byte> address = stackalloc byte[PeerAddress.MaxTextLength];
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("time"u8, _time.GetUtcNow());
        _json.WriteString("node"u8, _node);
        _json.WriteString("listener"u8, listener);
        _json.WriteString("client"u8, address[..client.Format(address)]);
        if (!method.IsEmpty) _json.WriteString("method"u8, method);
        if (!target.IsEmpty) _json.WriteString("target"u8, target);
        if (record.Status != 0) _json.WriteNumber("status"u8, record.Status);
        _json.WriteString("route"u8, record.Route);
        _json.WriteString("pool"u8, record.Pool);
        _json.WriteString("backend"u8, record.Backend);
        _json.WriteString("decision"u8, record.Decision);
        _json.WriteNumber("attempts"u8, record.Attempts);
        _json.WriteNumber("bytes-in"u8, record.BytesIn);
        _json.WriteNumber("bytes-out"u8, record.BytesOut);
        _json.WriteNumber("connect-us"u8, record.ConnectMicroseconds);
        _json.WriteNumber("response-us"u8, record.ResponseMicroseconds);
        _json.WriteNumber("total-us"u8, record.ElapsedMicroseconds);
        _json.WriteString("ended-by"u8, record.EndedBy);
        _json.WriteString("reason"u8, record.Reason);
        _json.WriteEndObject();
        _json.Flush();
    }

    private void FormatText(RequestRecord record, string listener, PeerAddress client, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        Span<byte> number = stackalloc byte[PeerAddress.MaxTextLength];
        _time.GetUtcNow().TryFormat(number, out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
        _line.Write(number[..written]);
        Word(_node);
        Word(listener);
        Word(number[..client.Format(number)]);
        Word(method.IsEmpty ? s_unknown : method);
        Word(target.IsEmpty ? s_unknown : target);
        Figure(""u8, record.Status);
        Word(record.Route);
        Word(record.Pool);
        Word(record.Backend);
        Figure("attempts="u8, record.Attempts);
        Figure("in="u8, record.BytesIn);
        Figure("out="u8, record.BytesOut);
        Figure("connect-us="u8, record.ConnectMicroseconds);
        Figure("response-us="u8, record.ResponseMicroseconds);
        Figure("total-us="u8, record.ElapsedMicroseconds);
        Word("ended-by="u8, record.EndedBy);
        Word("decision="u8, record.Decision);
        _line.Write(" \""u8);
        Encoding.UTF8.GetBytes(record.Reason, _line);
        _line.Write("\""u8);
    }

    private void Word(string text) => Word([], text);

    private void Word(ReadOnlySpan<byte> label, string text)
    {
        _line.Write(" "u8);
        _line.Write(label);
        if (text.Length == 0) _line.Write("-"u8);
        else Encoding.UTF8.GetBytes(text, _line);
    }

    private void Word(ReadOnlySpan<byte> text)
    {
        _line.Write(" "u8);
        _line.Write(text);
    }

    private void Figure(ReadOnlySpan<byte> label, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var written);
        _line.Write(" "u8);
        _line.Write(label);
        _line.Write(digits[..written]);
    }
}
