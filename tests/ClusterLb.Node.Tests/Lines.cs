using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClusterLb.Node.Tests;

/// <summary>A log to be read by a test.</summary>
internal sealed class Lines : ILogger
{
    public ConcurrentQueue<string> Written { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));
}
