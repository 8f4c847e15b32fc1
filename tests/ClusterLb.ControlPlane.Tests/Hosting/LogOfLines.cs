using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Tests.Hosting;

/// <summary>What was logged, each with its level.</summary>
/// <param name="least">What is below is not wanted.</param>
internal sealed class LogOfLines(LogLevel least = LogLevel.Trace) : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
