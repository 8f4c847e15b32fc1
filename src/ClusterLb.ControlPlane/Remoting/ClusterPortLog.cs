using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Remoting;

internal static partial class ClusterPortLog
{
    [LoggerMessage(110, LogLevel.Warning, "cluster port: {From} was not let in: {Why}")]
    public static partial void StrangerRefused(this ILogger logger, string from, string why);

    [LoggerMessage(111, LogLevel.Warning, "no connection with {Place}: {Why}; it is tried again and again")]
    public static partial void DialFailed(this ILogger logger, string place, string why);
}
