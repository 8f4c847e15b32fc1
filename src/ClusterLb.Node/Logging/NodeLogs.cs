using System.Collections.Concurrent;
using System.Globalization;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace ClusterLb.Node.Logging;

/// <summary>
/// The node's log and everybody's in it, Akka's as well: to standard error, so that an access log on standard output stays clean. Whoever
/// logs only puts a line into a bounded queue; a thread of its own waits for whoever reads them (decision 0017).
/// </summary>
internal sealed class NodeLogs : ILoggerProvider
{
    /// <summary>Lines that may wait.</summary>
    internal const int Capacity = 1_024;

    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, CategoryLogger> _loggers = new();
    private readonly Levels _levels;
    private volatile LogFormat _format;
    private readonly TimeProvider _time;
    private readonly LogLimiter _limiter;
    private readonly FailureText _failures;
    private readonly OutputThread _thread;
    private readonly ITimer _sweeping;

    /// <param name="config">Level and format.</param>
    /// <param name="output">Owned from here on.</param>
    public NodeLogs(LogConfig config, Stream output, TimeProvider time)
    {
        (_format, _time) = (config.Format, time);
        _failures = new FailureText(time);
        _limiter = new LogLimiter(time, SayLeftOut);
        _thread = new OutputThread("log", output, Capacity, Notice);
        _sweeping = time.CreateTimer(_ => _limiter.Sweep(), null, s_sweep, s_sweep);
        _levels = new Levels(LevelOf(config.Level));
        Factory = new LoggerFactory([this], _levels);
    }

    public ILoggerFactory Factory { get; }

    /// <summary>Lines that nobody will read, because nobody took them in time or they could not be written.</summary>
    public long Lost => _thread.Losses.Lines;

    /// <summary>Lines that were only counted, because there were too many of their kind.</summary>
    public long LeftOut => _limiter.LeftOut;

    /// <summary>Level and format of what is logged from now on, by loggers that are there already, too. Any thread.</summary>
    public void Follow(LogConfig config)
    {
        _format = config.Format;
        _levels.Follow(LevelOf(config.Level));
    }

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, logs) => new CategoryLogger(name, logs), this);

    public void Dispose()
    {
        _sweeping.Dispose();
        _limiter.SweepAll();
        Factory.Dispose();
        _thread.Dispose();
    }

    private void Write(LogLine line)
    {
        var bytes = line.Encode(_format);
        _thread.TryHand(bytes, bytes.Length, lines: 1);
    }

    private void SayLeftOut(LogKind kind, long count) => Write(new LogLine(
        _time.GetUtcNow(), kind, 0,
        string.Create(CultureInfo.InvariantCulture,
            $"\"{kind.Shape}\": {count} more like this were left out within {LogLimiter.Window.TotalSeconds:0} s"), "", []));

    private byte[]? Notice(long lost) => new LogLine(
        _time.GetUtcNow(), new LogKind("clusterlb.log", LogLevel.Warning, ""), 0,
        string.Create(CultureInfo.InvariantCulture, $"{lost} lines of this log are lost: they were not taken in time"), "", [])
            .Encode(_format);

    private static LogLevel LevelOf(LogLevelConfig level) => level switch
    {
        LogLevelConfig.Debug => LogLevel.Debug,
        LogLevelConfig.Warning => LogLevel.Warning,
        LogLevelConfig.Error => LogLevel.Error,
        _ => LogLevel.Information,
    };

    /// <summary>The least level that is logged, as a factory of loggers hears of it.</summary>
    private sealed class Levels(LogLevel level) : IOptionsMonitor<LoggerFilterOptions>
    {
        private Action<LoggerFilterOptions, string?>? _listeners;

        public LoggerFilterOptions CurrentValue { get; private set; } = new() { MinLevel = level };

        public LoggerFilterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<LoggerFilterOptions, string?> listener)
        {
            _listeners += listener;
            return null;
        }

        public void Follow(LogLevel level)
        {
            CurrentValue = new LoggerFilterOptions { MinLevel = level };
            _listeners?.Invoke(CurrentValue, null);
        }
    }

    private sealed class CategoryLogger(string category, NodeLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var text = LogShape.TextOf(state, exception, formatter);
            var kind = new LogKind(category, logLevel, LogShape.Of(state, text));
            if (!logs._limiter.Admits(kind)) return;
            var failure = exception is null ? "" : logs._failures.Of(kind, exception);
            logs.Write(new LogLine(logs._time.GetUtcNow(), kind, eventId.Id, text, failure,
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? []));
        }
    }
}
