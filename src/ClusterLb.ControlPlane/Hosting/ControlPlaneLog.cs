using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Hosting;

internal static partial class ControlPlaneLog
{
    [LoggerMessage(100, LogLevel.Information, "control plane runs")]
    public static partial void ControlPlaneRuns(this ILogger logger);

    [LoggerMessage(101, LogLevel.Warning, "control plane ended; the data plane serves on from its last table; next try in {Backoff}")]
    public static partial void ControlPlaneRestarts(this ILogger logger, TimeSpan backoff);

    [LoggerMessage(102, LogLevel.Error, "control plane failed")]
    public static partial void ControlPlaneFailed(this ILogger logger, Exception failure);

    [LoggerMessage(104, LogLevel.Error, "a part of the control plane failed and begins anew: {Actor}")]
    public static partial void ActorFailed(this ILogger logger, string actor, Exception failure);
}
