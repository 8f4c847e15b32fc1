using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>A log that somebody gave a place and never switched on.</summary>
internal static class AccessLogs
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        if (of.Config.Node.AccessLog.Format == AccessLogFormat.Off && of.Text.Has("node.access-log.path")
            && !of.Text.Has("node.access-log.format"))
        {
            yield return of.Warn("node.access-log.path",
                "gets no line, for node.access-log.format is off by default; it must be json, text, common or combined");
        }
    }
}
