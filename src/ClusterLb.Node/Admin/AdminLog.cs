namespace ClusterLb.Node.Admin;

/// <summary>What the admin port logs: only what must not happen.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(40, LogLevel.Error, "a bug in the admin port: {Method} {Path} is answered with 500")]
    public static partial void AdminFault(this ILogger logger, string method, string path, Exception bug);
}
