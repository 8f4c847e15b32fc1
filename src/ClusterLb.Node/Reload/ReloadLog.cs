namespace ClusterLb.Node.Reload;

/// <summary>What the node's log says of reloads, beside the events.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(32, LogLevel.Information, "configuration {Fingerprint} was read again: nothing has changed")]
    public static partial void NothingChanged(this ILogger logger, string fingerprint);

    [LoggerMessage(33, LogLevel.Warning, "configuration is not taken: {Problem}")]
    public static partial void NotTaken(this ILogger logger, string problem);

    [LoggerMessage(36, LogLevel.Information, "configuration {Fingerprint} was read for a reload of all nodes, and let be")]
    public static partial void LetBe(this ILogger logger, string fingerprint);

    [LoggerMessage(35, LogLevel.Error, "a bug in a reload; what is in force may be a part of the new configuration")]
    public static partial void ReloadFault(this ILogger logger, Exception fault);
}
