namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Warnings in the node's log, at its start and with every reload.</summary>
internal static partial class WarningLog
{
    [LoggerMessage(19, LogLevel.Warning, "configuration: {Warning}")]
    public static partial void ConfigurationWarned(this ILogger logger, string warning);
}
