using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.Node.Logging;

/// <summary>
/// Where the access log goes: a file, standard output or nowhere, and from one to the other while the node runs. Any thread.
/// </summary>
internal sealed class AccessLogOutput : IAsyncDisposable
{
    private readonly Lock _changing = new();
    private AccessLogConfig _config;
    private AccessLogSink? _sink;
    private OutputLosses? _lossesBefore;

    /// <exception cref="AccessLogException">It cannot be opened.</exception>
    public AccessLogOutput(AccessLogConfig config) => (_config, _sink) = (config, Open(config));

    /// <summary>What it is like now.</summary>
    public AccessLogConfig Config
    {
        get
        {
            lock (_changing) return _config;
        }
    }

    /// <summary>Null = there is no access log.</summary>
    public AccessLogSink? Sink
    {
        get
        {
            lock (_changing) return _sink;
        }
    }

    /// <summary>Lines that no log shows, since the start. Null = there has been no access log.</summary>
    public OutputLosses? Losses
    {
        get
        {
            lock (_changing) return _sink is null ? _lossesBefore : Sum(_lossesBefore ?? default, _sink.Losses);
        }
    }

    /// <summary>The file, when the log goes to one; else empty.</summary>
    public string Path
    {
        get
        {
            lock (_changing) return _sink is not null && IsFile(_config) ? _config.Path : "";
        }
    }

    /// <summary>What a configuration says of it is opened; nothing is written there yet.</summary>
    /// <exception cref="AccessLogException">It cannot be opened.</exception>
    public static AccessLogSink? Open(AccessLogConfig config)
    {
        if (config.Format == AccessLogFormat.Off) return null;
        try
        {
            return new AccessLogSink(IsFile(config) ? OutputStream.OfFile(config.Path) : OutputStream.OfStandardOutput());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AccessLogException($"access log {config.Path} cannot be opened: {failure.Message}");
        }
    }

    /// <summary>Goes on in the file that has the name now, for the one of before was renamed.</summary>
    /// <returns>Empty, or why it stays where it was.</returns>
    public Task<string> ReopenAsync()
    {
        lock (_changing)
        {
            if (_sink is null || !IsFile(_config)) return Task.FromResult("");
            var path = _config.Path;
            return _sink.ReopenAsync(() => OutputStream.OfFile(path));
        }
    }

    /// <summary>Goes on in another sink, in the file that has the name now: it may have been renamed since it was opened.</summary>
    /// <param name="sink">Opened; owned from here on.</param>
    /// <param name="config">That it was opened for.</param>
    /// <param name="turn">Has everybody write there instead; complete when nobody writes to the one before any more.</param>
    /// <returns>Empty, or why it stays in the file that was opened.</returns>
    public async Task<string> FollowAsync(AccessLogSink? sink, AccessLogConfig config, Func<AccessLogSink?, Task> turn)
    {
        AccessLogSink? before;
        OutputLosses counted;
        lock (_changing)
        {
            (before, counted) = (_sink, _sink?.Losses ?? default);
            if (before is not null) _lossesBefore = Sum(_lossesBefore ?? default, counted);
            (_sink, _config) = (sink, config);
        }

        // Whoever renames it from here on has this one opened anew; and nothing waits there yet that a slow disk could hold up.
        var problem = await ReopenAsync();
        await turn(sink);
        if (before is null) return problem;
        await before.DisposeAsync();
        // What it lost since it was counted.
        var all = before.Losses;
        lock (_changing)
            _lossesBefore = Sum(_lossesBefore ?? default, new(all.Full - counted.Full, all.Failed - counted.Failed, all.Failure));
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        if (Sink is { } sink) await sink.DisposeAsync();
    }

    private static bool IsFile(AccessLogConfig config) => config.Path != "-";

    private static OutputLosses Sum(OutputLosses before, OutputLosses now) =>
        new(before.Full + now.Full, before.Failed + now.Failed, now.Failure);
}

/// <summary>The access log cannot be opened. The message is for the operator.</summary>
internal sealed class AccessLogException(string message) : Exception(message);
