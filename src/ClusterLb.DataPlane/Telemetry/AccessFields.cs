using System.Text;
using ClusterLb.Core.Configuration;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// The fields of the access log (<c>node.access-log.fields</c>) and what each of them says. What a field is made of is only looked at where
/// it was chosen.
/// </summary>
public static class AccessFields
{
    /// <summary>Before the name of a header of the request, which then is a field.</summary>
    public const string HeaderPrefix = "header:";

    /// <summary>Of one line.</summary>
    public const int MostHeaders = 8;

    // Escaped four times as long at most (a backslash in JSON), and with all the rest a line still fits into a block.
    internal const int MostTargetBytes = 8 * 1024;

    internal const int MostMethodBytes = 64;

    // Whoever sends no HTTP may send anything; this is enough to see what it was.
    internal const int MostLineBytes = 1024;

    internal const int MostHostBytes = 256;
    internal const int MostRefererBytes = 1024;
    internal const int MostHeaderBytes = 512;
    internal const int MostAddressBytes = 64;

    private static readonly (string Name, AccessField Field)[] s_all =
    [
        Bare("time", static (in entry, line) => line.Time(entry.Now)),
        Bare("node", static (in entry, line) => line.Word(entry.Node)),
        Bare("listener", static (in entry, line) => line.Word(entry.Listener)),
        Bare("client", WriteClient, readsHead: true),
        Bare("method", static (in entry, line) => line.Foreign(entry.Asked.Method, MostMethodBytes)),
        Bare("target", WriteTarget),
        Bare("status", static (in entry, line) => Positive(line, entry.Record.Status)),
        Bare("route", static (in entry, line) => line.Word(entry.Record.Route)),
        Bare("pool", static (in entry, line) => line.Word(entry.Record.Pool)),
        Bare("backend", static (in entry, line) => line.Word(entry.Record.Backend)),
        Named("attempts", static (in entry, line) => line.Number(entry.Record.Attempts)),
        Named("decision", static (in entry, line) => line.Word(entry.Record.Decision)),
        Named("peer", WritePeer),
        Named("host", static (in entry, line) => line.Foreign(entry.Asked.Host, MostHostBytes), readsHead: true),
        Named("protocol", static (in entry, line) => line.Foreign(entry.Asked.Protocol, MostMethodBytes)),
        Named("referer", static (in entry, line) => line.Foreign(entry.Asked.Header("Referer"u8), MostRefererBytes), readsHead: true),
        Named("user_agent", static (in entry, line) => line.Foreign(entry.Asked.Header("User-Agent"u8), MostHeaderBytes),
            readsHead: true),
        Named("request_bytes", static (in entry, line) => line.Number(entry.Record.RequestBytes)),
        Named("response_bytes", static (in entry, line) => line.Number(entry.Record.ResponseBytes)),
        Named("queue_us", static (in entry, line) => line.Number(entry.Record.QueueMicroseconds)),
        Named("connect_us", static (in entry, line) => line.Number(entry.Record.ConnectMicroseconds)),
        Named("first_byte_us", static (in entry, line) => Positive(line, entry.Record.FirstByteMicroseconds)),
        Named("total_us", static (in entry, line) => line.Number(entry.Record.ElapsedMicroseconds)),
        Named("ended_by", static (in entry, line) => line.Word(entry.Record.EndedBy)),
        Named("reason", static (in entry, line) => line.Word(entry.Record.Reason)),
        Named("peer_port", static (in entry, line) => line.Number(entry.Peer.Port)),
        Named("body_bytes", static (in entry, line) =>
            line.Number(Math.Max(0, entry.Record.ResponseBytes - entry.Record.ResponseHeadBytes))),
    ];

    /// <summary>All but those of headers, which are the prefix and any name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(one => one.Name)];

    /// <summary>Those of a log whose fields nobody chose.</summary>
    internal static IReadOnlyCollection<string> UsualNames { get; } = [.. s_all.SkipLast(2).Select(one => one.Name)];

    /// <param name="names">Known ones; none = the usual ones.</param>
    internal static AccessField[] Of(IReadOnlyCollection<string> names) => [.. (names.Count == 0 ? UsualNames : names).Select(FieldOf)];

    internal static AccessLine LineOf(AccessLogConfig config) => config.Format switch
    {
        AccessLogFormat.Common => new CommonLine(isCombined: false),
        AccessLogFormat.Combined => new CommonLine(isCombined: true),
        AccessLogFormat.Text => new TextLine(Of(config.Fields)),
        _ => new JsonLine(Of(config.Fields)),
    };

    private static AccessField FieldOf(string name) =>
        name.StartsWith(HeaderPrefix, StringComparison.Ordinal)
            ? HeaderField(name[HeaderPrefix.Length..])
            : s_all.First(one => one.Name == name).Field;

    /// <summary>Its key in JSON has the form of all others.</summary>
    private static AccessField HeaderField(string header)
    {
        var name = Encoding.ASCII.GetBytes(header);
        var key = string.Concat(header.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_'));
        return new AccessField(Encoding.ASCII.GetBytes("header_" + key),
            (in entry, line) => line.Foreign(entry.Asked.Header(name), MostHeaderBytes))
        {
            ReadsHead = true,
        };
    }

    private static void WriteClient(in AccessEntry entry, FieldLine line)
    {
        Span<byte> address = stackalloc byte[MostAddressBytes];
        line.Plain(address[..entry.FormatClient(address)]);
    }

    private static void WritePeer(in AccessEntry entry, FieldLine line)
    {
        Span<byte> address = stackalloc byte[MostAddressBytes];
        line.Plain(address[..entry.Peer.Format(address)]);
    }

    private static void WriteTarget(in AccessEntry entry, FieldLine line)
    {
        if (entry.Asked.Line.IsEmpty) line.Foreign(entry.Asked.Target, MostTargetBytes);
        else line.BrokenLine(entry.Asked.Line, MostLineBytes);
    }

    private static void Positive(FieldLine line, long value)
    {
        if (value > 0) line.Number(value);
        else line.Nothing();
    }

    private static (string, AccessField) Bare(string name, AccessField.Writer write, bool readsHead = false) =>
        (name, new AccessField(Encoding.ASCII.GetBytes(name), write) { IsBare = true, ReadsHead = readsHead });

    private static (string, AccessField) Named(string name, AccessField.Writer write, bool readsHead = false) =>
        (name, new AccessField(Encoding.ASCII.GetBytes(name), write) { ReadsHead = readsHead });
}
