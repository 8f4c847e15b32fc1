using ClusterLb.Core.Configuration;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClusterLb.Redis;

/// <summary>
/// The way to Redis: connects in the background, makes calls while somebody answers, and looks once a second whether that is so. Nothing
/// throws, and no caller waits for longer than its budget. Any thread; what follows an answer runs on the pool, even if the caller brought
/// a scheduler of its own, such as that of an actor, because a budget that waits for a mailbox is none.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_probeBudget = TimeSpan.FromMilliseconds(500);

    private readonly RedisConfig _config;
    private readonly RedisKeys _keys;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Breaker _breaker;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private ConnectionMultiplexer? _connection;
    private volatile IDatabase? _database;
    private volatile string _failedAttempt = "";
    private string? _marker;
    private int _failedProbes;
    private int _isReconnected;
    private int _isSaidAway;
    private long _calls;
    private long _failures;
    private long _timeouts;
    private long _refused;

    public RedisLink(RedisConfig config, RedisKeys keys, TimeProvider time, ILogger logger)
    {
        (_config, _keys, _time, _logger) = (config, keys, time, logger);
        _breaker = new Breaker(time);
        Returned = new ReturnCallbacks(logger);
        _running = Task.Run(RunAsync);
    }

    public bool IsUp => _breaker.IsClosed;

    public ReturnCallbacks Returned { get; }

    public RedisStoreSnapshot Read() => new(
        Interlocked.Read(ref _calls), Interlocked.Read(ref _failures), Interlocked.Read(ref _timeouts), Interlocked.Read(ref _refused),
        Written: 0, Dropped: 0, QueueLength: 0, Returned.Returns, _breaker.State);

    /// <summary>Makes a call, unless Redis is away.</summary>
    public async Task<Answer<T>> AskAsync<T>(Func<IDatabase, Task<T>> call, TimeSpan budget)
    {
        if (!_breaker.IsClosed || _database is not { } database)
        {
            Interlocked.Increment(ref _refused);
            return default;
        }

        Interlocked.Increment(ref _calls);
        var began = _time.GetTimestamp();
        var answer = await CallAsync(database, call, budget).ConfigureAwait(false);
        if (answer.IsThere)
        {
            _breaker.Succeeded();
            return answer;
        }

        Interlocked.Increment(ref answer.IsTimeout ? ref _timeouts : ref _failures);
        if (_breaker.Failed(began)) SayAway(answer.Failure);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        if (_connection is { } connection) await connection.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<Answer<T>> CallAsync<T>(IDatabase database, Func<IDatabase, Task<T>> call, TimeSpan budget)
    {
        Task<T>? asked = null;
        try
        {
            asked = call(database);
            return new Answer<T>(true, await asked.WaitAsync(budget, _time).ConfigureAwait(false), "", false);
        }
        catch (Exception failure)
        {
            if (asked is { IsCompleted: false }) ForgetFailureOf(asked);
            return new Answer<T>(false, default!, failure is TimeoutException
                ? "no answer in time"
                : failure.Message, failure is TimeoutException);
        }
    }

    /// <summary>Nobody waits for it any more; a failure that nobody has looked at would be reported as lost.</summary>
    private static void ForgetFailureOf(Task asked) =>
        asked.ContinueWith(static task => task.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (_breaker.TryProbe())
            {
                _database ??= await ConnectAsync();
                if (_database is { } database) await ProbeAsync(database);
            }

            await Task.Delay(s_tick, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Once it has succeeded the client itself connects again, whatever happens.</summary>
    private async Task<IDatabase?> ConnectAsync()
    {
        var began = _time.GetTimestamp();
        try
        {
            var options = RedisOptions.Of(_config);
            options.ConnectionAttemptCompleted += OnAttempt;
            _connection = await ConnectionMultiplexer.ConnectAsync(options);
            _connection.ConnectionFailed += OnConnectionFailed;
            _connection.ConnectionRestored += OnConnectionRestored;
            return _connection.GetDatabase();
        }
        catch (Exception failure)
        {
            _breaker.ProbeFailed(began);
            SayAway(failure.Message);
            return null;
        }
    }

    /// <summary>
    /// One command that writes, asks and finds out who was emptied: what is read is what somebody wrote when it was not there, and it is
    /// another each time.
    /// </summary>
    private async Task ProbeAsync(IDatabase database)
    {
        var began = _time.GetTimestamp();
        var name = await NameAsync(database);
        if (name.IsThere && name.Value != _config.User)
        {
            _breaker.ProbeRefused();
            SayAway($"the login of user {_config.User} was refused, and without it we are {name.Value}");
            return;
        }

        var fresh = Guid.NewGuid().ToString("N");
        var answer = name.IsThere
            ? await CallAsync(database, to => to.StringSetAndGetAsync(_keys.Alive, fresh, null, When.NotExists, CommandFlags.DemandMaster),
                s_probeBudget)
            : new Answer<RedisValue>(false, default, name.Failure, name.IsTimeout);
        if (!answer.IsThere)
        {
            _breaker.ProbeFailed(began);
            _failedProbes++;
            if (!_breaker.IsClosed) SayWhyAway(answer.Failure);
            return;
        }

        _failedProbes = 0;
        var marker = answer.Value.IsNull ? fresh : answer.Value.ToString();
        var isEmptied = _marker is not null && _marker != marker;
        _marker = marker;
        var isReconnected = Interlocked.Exchange(ref _isReconnected, 0) == 1;
        var isClosed = _breaker.ProbeSucceeded();
        if (isClosed) SayThere();
        if (isEmptied) _logger.RedisWasEmptied();
        if (isClosed || isEmptied || isReconnected) Returned.Raise();
    }

    /// <summary>
    /// Whom Redis takes us for: the client goes on after a refused login, and a Redis whose default user has no password lets it.
    /// </summary>
    private async Task<Answer<string>> NameAsync(IDatabase database)
    {
        if (_config.User.Length == 0) return new Answer<string>(true, "", "", false);
        return await CallAsync(database, AskNameAsync, s_probeBudget);
    }

    private async Task<string> AskNameAsync(IDatabase database)
    {
        try
        {
            return (await database.ExecuteAsync("ACL", "WHOAMI").ConfigureAwait(false)).ToString();
        }
        catch (RedisServerException refusal) when (refusal.Message.StartsWith("NOPERM", StringComparison.Ordinal))
        {
            // A user without the right to ask is one of few rights, as ours should be.
            return _config.User;
        }
    }

    private void OnAttempt(object? sender, ConnectionAttemptCompletedEventArgs attempt) =>
        _failedAttempt = attempt.IsSuccess ? "" : $"{attempt.EndPoint}: {attempt.Exception?.Message ?? attempt.FailureType.ToString()}";

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs lost)
    {
        // In a Redis Cluster the others may go on; what belongs to the lost one fails until somebody takes over.
        if (lost.ConnectionType != ConnectionType.Interactive || _database?.IsConnected(_keys.Alive, CommandFlags.DemandMaster) == true)
            return;
        if (_breaker.ConnectionLost()) SayAway($"connection lost ({lost.FailureType})");
    }

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs restored)
    {
        // Also of one node of a Redis Cluster, which may have come back without what it held.
        if (restored.ConnectionType == ConnectionType.Interactive) Interlocked.Exchange(ref _isReconnected, 1);
    }

    private void SayThere()
    {
        Interlocked.Exchange(ref _isSaidAway, 0);
        _logger.RedisIsThere(string.Join(", ", _config.Endpoints));
    }

    /// <summary>
    /// A call without a connection often fails without saying why there is none; the attempt to connect that failed says so a moment later.
    /// </summary>
    private void SayWhyAway(string failure)
    {
        if (_failedAttempt.Length > 0) SayAway(_failedAttempt);
        else if (_failedProbes > 1) SayAway(failure);
    }

    private void SayAway(string reason)
    {
        if (Interlocked.Exchange(ref _isSaidAway, 1) == 0) _logger.RedisIsAway(reason);
    }
}

/// <summary>What came of a call.</summary>
/// <param name="IsThere">False = no answer in time, or no call was made.</param>
/// <param name="Value">Of the answer.</param>
/// <param name="Failure">Why there is none; empty when no call was made.</param>
/// <param name="IsTimeout">It may come yet, but nobody waits for it.</param>
internal readonly record struct Answer<T>(bool IsThere, T Value, string Failure, bool IsTimeout);
