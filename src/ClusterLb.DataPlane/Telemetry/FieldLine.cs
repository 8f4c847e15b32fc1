using ClusterLb.Core.Printing;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>A line of chosen fields in their order. The fields say what, the form says how.</summary>
internal abstract class FieldLine(AccessField[] fields) : AccessLine
{
    private const int MostWordBytes = 1024;

    private readonly ClockText _clock = new("yyyy-MM-ddTHH:mm:ss");
    private readonly LineBuffer _text = new(256);

    public override bool ReadsHead { get; } = fields.Any(field => field.ReadsHead);

    /// <summary>The field that is being written.</summary>
    protected AccessField Field { get; private set; } = null!;

    protected override void Write(in AccessEntry entry)
    {
        Begin();
        foreach (var field in fields)
        {
            Field = field;
            field.Write(entry, this);
        }

        End();
    }

    /// <summary>There is nothing to say.</summary>
    public abstract void Nothing();

    public abstract void Number(long value);

    /// <summary>Bytes that need no escape and no quotes.</summary>
    public abstract void Plain(ReadOnlySpan<byte> value);

    /// <summary>What we say, or an operator called something. Empty = nothing.</summary>
    public void Word(string text)
    {
        if (text.Length == 0)
        {
            Nothing();
            return;
        }

        _text.Clear();
        _text.Write(text);
        Text(_text.Written, MostWordBytes);
    }

    /// <summary>What a client wrote. Empty = nothing.</summary>
    /// <param name="most">Bytes; what is longer is cut, and its length is told.</param>
    public void Foreign(ReadOnlySpan<byte> text, int most)
    {
        if (text.IsEmpty) Nothing();
        else Text(text, most);
    }

    /// <summary>The first line of what is no request, in the place of its target.</summary>
    public abstract void BrokenLine(ReadOnlySpan<byte> line, int most);

    public void Time(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[24];
        _clock.SecondOf(time).CopyTo(text);
        var milliseconds = (int)(time.UtcTicks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMillisecond);
        (text[19], text[23]) = ((byte)'.', (byte)'Z');
        for (var i = 22; i > 19; i--, milliseconds /= 10) text[i] = (byte)('0' + (milliseconds % 10));
        Plain(text);
    }

    protected abstract void Begin();

    protected abstract void Text(ReadOnlySpan<byte> text, int most);

    protected abstract void End();
}

/// <summary>One JSON object per line; a field that has nothing to say is left out.</summary>
internal sealed class JsonLine(AccessField[] fields) : FieldLine(fields)
{
    public override void Nothing()
    {
    }

    public override void Number(long value)
    {
        Line.Write(Field.JsonKey);
        Line.WriteNumber(value);
    }

    public override void Plain(ReadOnlySpan<byte> value)
    {
        Line.Write(Field.JsonKey);
        Line.Write((byte)'"');
        Line.Write(value);
        Line.Write((byte)'"');
    }

    public override void BrokenLine(ReadOnlySpan<byte> line, int most)
    {
        Line.Write(",\"line\":"u8);
        Quoted(line, most);
        if (line.Length > most) Length("line"u8, line.Length);
    }

    protected override void Begin()
    {
    }

    protected override void Text(ReadOnlySpan<byte> text, int most)
    {
        Line.Write(Field.JsonKey);
        Quoted(text, most);
        if (text.Length > most) Length(Field.Key, text.Length);
    }

    /// <summary>Every field begins with a comma; the first becomes what an object begins with.</summary>
    protected override void End()
    {
        if (Line.IsEmpty) Line.Write((byte)'{');
        Line.BeginWith((byte)'{');
        Line.Write((byte)'}');
    }

    private void Quoted(ReadOnlySpan<byte> text, int most)
    {
        Line.Write((byte)'"');
        Printable.WriteJson(text[..Math.Min(text.Length, most)], Line);
        Line.Write((byte)'"');
    }

    private void Length(ReadOnlySpan<byte> key, int bytes)
    {
        Line.Write(",\""u8);
        Line.Write(key);
        Line.Write("_bytes\":"u8);
        Line.WriteNumber(bytes);
    }
}

/// <summary>Words between spaces; all but the first fields have their name before them. Nothing is <c>-</c>.</summary>
internal sealed class TextLine(AccessField[] fields) : FieldLine(fields)
{
    private bool _isFirst;

    public override void Nothing() => Plain("-"u8);

    public override void Number(long value)
    {
        Name();
        Line.WriteNumber(value);
    }

    public override void Plain(ReadOnlySpan<byte> value)
    {
        Name();
        Line.Write(value);
    }

    public override void BrokenLine(ReadOnlySpan<byte> line, int most)
    {
        Name();
        Print(line, most, isQuoted: true);
    }

    protected override void Begin() => _isFirst = true;

    protected override void Text(ReadOnlySpan<byte> text, int most)
    {
        Name();
        Print(text, most, text.Contains((byte)' '));
    }

    protected override void End()
    {
    }

    private void Print(ReadOnlySpan<byte> text, int most, bool isQuoted)
    {
        if (isQuoted) Line.Write("\""u8);
        Printable.Write(text[..Math.Min(text.Length, most)], Line);
        if (isQuoted) Line.Write("\""u8);
        if (text.Length <= most) return;
        // A backslash that a client writes is written as two.
        Line.Write("\\[cut:"u8);
        Line.WriteNumber(text.Length);
        Line.Write("]"u8);
    }

    private void Name()
    {
        if (!_isFirst) Line.Write(" "u8);
        _isFirst = false;
        if (Field.IsBare) return;
        Line.Write(Field.Key);
        Line.Write("="u8);
    }
}
