using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// What Akka says, for the node's log: at debug, whatever Akka thinks of it, for what an operator has to know of it is said by us, once.
/// Only a failure of one of our actors is nobody else's to tell (decision 0037). Any thread.
/// </summary>
/// <param name="node">The node's log; not owned.</param>
internal sealed class AkkaLogging(ILoggerFactory node) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the node's log has its own provider");

    public ILogger CreateLogger(string categoryName) =>
        new Lowered(node.CreateLogger(categoryName), node.CreateLogger("clusterlb.control"));

    public void Dispose()
    {
    }

    /// <summary>Ours are below /user, and the sessions' shards.</summary>
    private static bool IsOurs(string source) =>
        source.Contains("/user/", StringComparison.Ordinal) || source.Contains("/system/sharding/session/", StringComparison.Ordinal);

    /// <summary>Akka.Hosting hands on a finished text alone: <c>[ERROR][time][thread][source] message</c>.</summary>
    private static string SourceOf(string text) =>
        text.Split("][", 4) is [_, _, _, var rest] && rest.IndexOf(']', StringComparison.Ordinal) is var end and >= 0 ? rest[..end] : "";

    /// <summary>Akka makes no more parts of a cluster that ends before its start is over, and calls that a failure.</summary>
    private static bool IsEndOfCluster(Exception exception) =>
        exception.GetBaseException().Message.Contains("node must not be terminated", StringComparison.Ordinal);

    private sealed class Lowered(ILogger akka, ILogger own) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error || akka.IsEnabled(LogLevel.Debug);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error && exception is not null && SourceOf(formatter(state, exception)) is var source
                && IsOurs(source) && !IsEndOfCluster(exception))
            {
                own.ActorFailed(source, exception);
            }
            else if (akka.IsEnabled(LogLevel.Debug))
            {
                akka.Log(LogLevel.Debug, eventId, state, exception, formatter);
            }
        }
    }
}
