using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Logging;

/// <summary>One line of the node's log.</summary>
/// <param name="Kind">Who says it and how bad it is.</param>
/// <param name="Event">0 = none.</param>
/// <param name="Failure">The exception behind it; empty = none.</param>
/// <param name="Values">Of the text's template, by name.</param>
internal sealed record LogLine(DateTimeOffset Time, LogKind Kind, int Event, string Text, string Failure,
    IReadOnlyList<KeyValuePair<string, object?>> Values)
{
    /// <summary>Longer texts are cut, and say so.</summary>
    private const int MostCharacters = 8 * 1024;

    private const int MostValueCharacters = 1024;

    /// <returns>UTF-8, with its line feed and no other.</returns>
    public byte[] Encode(LogFormat format) => format == LogFormat.Json ? EncodeJson() : EncodeText();

    private byte[] EncodeText()
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{Time.LocalDateTime:HH:mm:ss.fff} {LevelWord(Kind.Level)}: {Kind.Category}[{Event}] {Cut(Text, MostCharacters)}");
        if (Failure.Length > 0) line += " " + Cut(Failure, MostCharacters);
        return Encoding.UTF8.GetBytes(Printable.Of(line) + "\n");
    }

    private byte[] EncodeJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteNumber("event", Event);
            json.WriteString("level", LevelName(Kind.Level));
            json.WriteString("category", Kind.Category);
            json.WriteString("message", Cut(Text, MostCharacters));
            if (Failure.Length > 0) json.WriteString("exception", Cut(Failure, MostCharacters));
            json.WriteStartObject("values");
            foreach (var (name, value) in Values)
                json.WriteString(KeyOf(name), Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", MostValueCharacters));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, most)}[cut:{text.Length}]");

    /// <summary>As all JSON of a node has it; the template itself is no value.</summary>
    private static string KeyOf(string name) => name == "{OriginalFormat}" ? "template" : JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary>As <c>node.log.level</c> has it.</summary>
    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    private static string LevelWord(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
