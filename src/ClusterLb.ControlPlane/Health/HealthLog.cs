using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Health;

internal static partial class HealthLog
{
    [LoggerMessage(105, LogLevel.Error, "a {Probe} check failed by a bug of its own; nothing was learnt, and it is made again at its time")]
    public static partial void CheckFailed(this ILogger logger, string probe, Exception bug);
}
