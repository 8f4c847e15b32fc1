using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>A log that somebody described and never switched on, or that has no place.</summary>
internal static class AccessLogs
{
    private static readonly string[] s_keys = ["node.access-log.path", "node.access-log.fields"];

    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var log = of.Config.Node.AccessLog;
        if (log.Format == AccessLogFormat.Off)
        {
            if (!of.Text.Has("node.access-log.format") && s_keys.FirstOrDefault(of.Text.Has) is { } key)
            {
                yield return of.Warn(key,
                    "gets no line, for node.access-log.format is off by default; it must be json, text, common or combined");
            }
        }
        else if (Path.GetDirectoryName(log.Path) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            yield return of.Warn("node.access-log.path",
                $"\"{log.Path}\" is in no folder of this machine, and a node does not make one; {folder} must be there when it starts");
        }
    }
}
