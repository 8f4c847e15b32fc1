using Microsoft.Extensions.Logging;

namespace ClusterLb.Redis;

internal static partial class RedisLog
{
    [LoggerMessage(200, LogLevel.Information, "Redis is there: {Endpoints}")]
    public static partial void RedisIsThere(this ILogger logger, string endpoints);

    [LoggerMessage(
        201, LogLevel.Warning,
        "Redis is away, sessions go by cookie, memory and hash; it is looked for once a second: {Reason}")]
    public static partial void RedisIsAway(this ILogger logger, string reason);

    [LoggerMessage(202, LogLevel.Warning, "Redis has lost what it held; it is written again")]
    public static partial void RedisWasEmptied(this ILogger logger);

    [LoggerMessage(203, LogLevel.Error, "a bug in what is done when Redis is there again")]
    public static partial void ReconcileFailed(this ILogger logger, Exception failure);
}
