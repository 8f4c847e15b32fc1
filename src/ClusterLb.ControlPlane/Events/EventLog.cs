using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Events;

internal static partial class EventLog
{
    [LoggerMessage(103, LogLevel.Information, "{Subject} {Text}")]
    public static partial void Decided(this ILogger logger, string subject, string text);
}
