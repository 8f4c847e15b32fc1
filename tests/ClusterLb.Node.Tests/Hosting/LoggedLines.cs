using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>What was logged, a line each.</summary>
internal sealed class LoggedLines : ILogger
{
    private readonly ConcurrentQueue<string> _written = new();

    public IReadOnlyList<string> Written => [.. _written];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => _written.Enqueue(formatter(state, exception));
}
