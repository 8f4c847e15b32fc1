using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Printing;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>One loop's access log: formats lines into blocks and hands full or old ones to the sink. Used on its loop.</summary>
internal sealed class AccessLog : LoopTimer, IDisposable
{
    private const int FlushMilliseconds = 200;

    // Escaped it may be six times as long, and with all the rest a line still fits into a block.
    private const int MostTargetBytes = 8 * 1024;

    private const int MostMethodBytes = 64;

    // Whoever sends no HTTP may send anything; this is enough to see what it was.
    private const int MostLineBytes = 1024;

    private readonly EventLoop _loop;
    private readonly AccessLogSink _sink;
    private readonly AccessLogFormat _format;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly Utf8JsonWriter _json;
    private byte[] _block;
    private int _length;
    private int _lines;

    public AccessLog(EventLoop loop, AccessLogSink sink, AccessLogFormat format, string node, TimeProvider time)
    {
        (_loop, _sink, _format, _node, _time) = (loop, sink, format, node, time);
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { SkipValidation = true });
        _block = sink.Rent();
    }

    /// <param name="record">What is known of the work.</param>
    /// <param name="listener">Its listener's name.</param>
    /// <param name="asked">Nothing for TCP.</param>
    public void Write(RequestRecord record, string listener, PeerAddress client, in Asked asked)
    {
        _line.ResetWrittenCount();
        if (_format == AccessLogFormat.Json) FormatJson(record, listener, client, asked);
        else FormatText(record, listener, client, asked);
        var line = _line.WrittenSpan;
        if (_length + line.Length + 1 > _block.Length) Flush();
        line.CopyTo(_block.AsSpan(_length));
        _length += line.Length;
        _block[_length++] = (byte)'\n';
        _lines++;
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
        if (_sink.TryHand(_block, _length, _lines)) _block = _sink.Rent();
        (_length, _lines) = (0, 0);
    }

    private void FormatJson(RequestRecord record, string listener, PeerAddress client, in Asked asked)
    {
        Span<byte> address = stackalloc byte[PeerAddress.MaxTextLength];
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("time"u8, _time.GetUtcNow());
        _json.WriteString("node"u8, _node);
        _json.WriteString("listener"u8, listener);
        _json.WriteString("client"u8, address[..client.Format(address)]);
        Field("method"u8, "method-bytes"u8, asked.Method, MostMethodBytes);
        Field("target"u8, "target-bytes"u8, asked.Target, MostTargetBytes);
        Field("line"u8, "line-bytes"u8, asked.Line, MostLineBytes);
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

    /// <summary>Says which bytes were no UTF-8, as the text form does. What was cut is followed by how long it was.</summary>
    private void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lengthName, ReadOnlySpan<byte> text, int most)
    {
        if (text.IsEmpty) return;
        var kept = text[..Math.Min(text.Length, most)];
        if (kept.Contains((byte)'\\') || !Utf8.IsValid(kept))
        {
            _text.ResetWrittenCount();
            Printable.WriteUtf8(kept, _text);
            kept = _text.WrittenSpan;
        }

        _json.WriteString(name, kept);
        if (text.Length > most) _json.WriteNumber(lengthName, text.Length);
    }

    private void FormatText(RequestRecord record, string listener, PeerAddress client, in Asked asked)
    {
        Span<byte> number = stackalloc byte[PeerAddress.MaxTextLength];
        _time.GetUtcNow().TryFormat(number, out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _line.Write(number[..written]);
        Word(_node);
        Word(listener);
        Word(number[..client.Format(number)]);
        Foreign(asked.Method, MostMethodBytes);
        if (asked.Line.IsEmpty) Foreign(asked.Target, MostTargetBytes);
        else Quoted(asked.Line, MostLineBytes);
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

    /// <summary>A word that a client wrote.</summary>
    private void Foreign(ReadOnlySpan<byte> text, int most)
    {
        _line.Write(" "u8);
        if (text.IsEmpty) _line.Write("-"u8);
        else Printable.Write(text[..Math.Min(text.Length, most)], _line);
        if (text.Length > most) Cut(text.Length);
    }

    private void Quoted(ReadOnlySpan<byte> text, int most)
    {
        _line.Write(" \""u8);
        Printable.Write(text[..Math.Min(text.Length, most)], _line);
        _line.Write("\""u8);
        if (text.Length > most) Cut(text.Length);
    }

    private void Cut(int length)
    {
        Span<byte> digits = stackalloc byte[20];
        length.TryFormat(digits, out var written);
        // A backslash that a client writes is written as two.
        _line.Write("\\[cut:"u8);
        _line.Write(digits[..written]);
        _line.Write("]"u8);
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
