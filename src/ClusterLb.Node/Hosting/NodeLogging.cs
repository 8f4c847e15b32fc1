using ClusterLb.Core.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace ClusterLb.Node.Hosting;

/// <summary>The node's log: to standard error, so that an access log on standard output stays clean.</summary>
internal static class NodeLogging
{
    public static ILoggerFactory Create(LogConfig config) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(config.Level switch
        {
            LogLevelConfig.Debug => LogLevel.Debug,
            LogLevelConfig.Warning => LogLevel.Warning,
            LogLevelConfig.Error => LogLevel.Error,
            _ => LogLevel.Information,
        });
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        if (config.Format == LogFormat.Json) builder.AddJsonConsole(options => options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ");
        else builder.AddSimpleConsole(options => (options.SingleLine, options.TimestampFormat, options.ColorBehavior) = (true, "HH:mm:ss.fff ", LoggerColorBehavior.Disabled));
    });
}
