using System.Buffers;
using System.Globalization;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// The formats that every reader of web logs knows, of Apache's mod_log_config: common is <c>%h %l %u %t "%r" %>s %b</c>, combined has
/// <c>"%{Referer}i" "%{User-Agent}i"</c> behind it. Escapes are <c>\xHH</c> as nginx writes them, of quotes and backslashes too. A TCP
/// connection has the request <c>-</c> and the status 000.
/// </summary>
internal sealed class CommonLine(bool isCombined) : AccessLine
{
    private static readonly SearchValues<byte> s_plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c).Where(c => c is not ((byte)'\\' or (byte)'"'))]);

    private readonly ClockText _clock = new("dd/MMM/yyyy:HH:mm:ss");

    public override bool ReadsHead => true;

    protected override void Write(in AccessEntry entry)
    {
        var record = entry.Record;
        var asked = entry.Asked;
        Line.Advance(entry.FormatClient(Line.GetSpan(AccessFields.MostAddressBytes)));
        Line.Write(" - - ["u8);
        // When it was received, which is what Apache says.
        Line.Write(_clock.SecondOf(entry.Now.AddMicroseconds(-record.ElapsedMicroseconds)));
        Line.Write(" +0000] \""u8);
        WriteRequest(asked);
        Line.Write("\" "u8);
        record.Status.TryFormat(Line.GetSpan(11), out var digits, "000", CultureInfo.InvariantCulture);
        Line.Advance(digits);
        Line.Write(" "u8);
        var content = record.ResponseBytes - record.ResponseHeadBytes;
        if (content > 0) Line.WriteNumber(content);
        else Line.Write("-"u8);
        if (!isCombined) return;
        Line.Write(" \""u8);
        Escape(asked.Header("Referer"u8), AccessFields.MostRefererBytes);
        Line.Write("\" \""u8);
        Escape(asked.Header("User-Agent"u8), AccessFields.MostHeaderBytes);
        Line.Write("\""u8);
    }

    private void WriteRequest(Asked asked)
    {
        if (asked.Method.IsEmpty)
        {
            Escape(asked.Line, AccessFields.MostLineBytes);
            return;
        }

        Escape(asked.Method, AccessFields.MostMethodBytes);
        Line.Write(" "u8);
        Escape(asked.Target, AccessFields.MostTargetBytes);
        Line.Write(" "u8);
        Line.Write(asked.Protocol);
    }

    private void Escape(ReadOnlySpan<byte> text, int most)
    {
        if (text.IsEmpty) Line.Write("-"u8);
        text = text[..Math.Min(text.Length, most)];
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(s_plain);
            if (plain != 0) Line.Write(plain < 0 ? text : text[..plain]);
            if (plain < 0) return;
            Line.Write("\\x"u8);
            text[plain].TryFormat(Line.GetSpan(2), out var digits, "X2", CultureInfo.InvariantCulture);
            Line.Advance(digits);
            text = text[(plain + 1)..];
        }
    }
}
