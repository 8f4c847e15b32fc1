using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>node.access-log { ... }</c>.</summary>
internal static class AccessLogReader
{
    private const string StandardOutput = "-";

    public static AccessLogConfig Read(ConfigurationSection section)
    {
        var log = new AccessLogConfig
        {
            Format = section.Choice("format", ("off", AccessLogFormat.Off), ("json", AccessLogFormat.Json), ("text", AccessLogFormat.Text),
                ("common", AccessLogFormat.Common), ("combined", AccessLogFormat.Combined)),
            Fields = section.Texts("fields"),
            Path = section.Text("path") == StandardOutput ? StandardOutput : section.File("path"),
        };
        if (log.Path.Length == 0) section.Report("path", "is empty; it must be a file to append to, or - for standard output");
        else if (Directory.Exists(log.Path)) section.Report("path", $"\"{log.Path}\" is a folder; it must be a file in it to append to");
        CheckFields(log, section);
        section.RejectUnknown();
        return log;
    }

    private static void CheckFields(AccessLogConfig log, ConfigurationSection section)
    {
        if (log.Fields.Count > 0 && log.Format is AccessLogFormat.Common or AccessLogFormat.Combined)
            section.Report("fields", "is set, but common and combined have their own fields; leave it out, or set format to json or text");
        foreach (var field in log.Fields.Where(field => !IsKnown(field))) section.Report("fields", HintFor(field));
        foreach (var twice in log.Fields.GroupBy(KeyOf, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            var different = twice.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            section.Report("fields", different.Count == 1
                ? $"names {different[0]} twice; once is enough"
                : $"names {string.Join(" and ", different)}, which have one key in the log; one of them must go");
        }

        if (log.Fields.Count(IsHeader) > AccessFields.MostHeaders)
            section.Report("fields", $"names more than {AccessFields.MostHeaders} headers, which is the most");
    }

    /// <summary>What it is called in the log.</summary>
    private static string KeyOf(string field) =>
        IsHeader(field) ? string.Concat(field.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')) : field;

    private static bool IsHeader(string field) => field.StartsWith(AccessFields.HeaderPrefix, StringComparison.Ordinal);

    private static bool IsKnown(string field) =>
        IsHeader(field) ? HttpText.IsToken(field[AccessFields.HeaderPrefix.Length..]) : AccessFields.Names.Contains(field);

    private static string HintFor(string field)
    {
        if (IsHeader(field)) return $"\"{field}\" names no header; write {AccessFields.HeaderPrefix}X-Request-Id, for example";
        var nearest = NearestKey.Of(field.Replace('-', '_'), AccessFields.Names);
        return $"\"{field}\" is not a field{(nearest is null ? "" : $"; did you mean \"{nearest}\"?")}; the fields are: "
            + $"{string.Join(", ", AccessFields.Names)}, {AccessFields.HeaderPrefix}NAME";
    }
}
